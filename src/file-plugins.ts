/** Plugins that keep uploaded files in a folder of the backend's own container; both names are in use. */
export const FILE_LOCAL: readonly string[] = ['@medusajs/file-local', 'medusa-file-local'];
