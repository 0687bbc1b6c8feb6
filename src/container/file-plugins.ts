/** Plugins that keep uploaded files in a folder of the backend's own container; both names are in use. */
export const FILE_LOCAL: readonly string[] = ['@medusajs/file-local', 'medusa-file-local'];

/** Where they write to by default. */
export const LOCAL_FOLDER = 'uploads';

/** Whether an option of theirs is left to its default: they treat an empty one as unset, too. */
export function isUnset(option: unknown): boolean {
  return option === undefined || option === null || option === '';
}

/** Whether a plugin, by its name, keeps uploaded files somewhere else, such as in a bucket. */
export function keepsFilesElsewhere(plugin: string): boolean {
  return /(^|[/-])file-/.test(plugin) && !FILE_LOCAL.includes(plugin);
}
