import { startScript } from '../start-script.ts';

const EXPORT_AND_EXEC = startScript('with-secrets').replace(/\n\s*/g, ' ');

/**
 * The command line that a container runs. With a shell in the image: a line that puts the secrets
 * into the environment at exec; without one: the command as it is (it then gets `<NAME>_FILE`).
 */
export function wrapCommand(command: readonly string[], shell: boolean): string[] {
  return shell ? ['/bin/sh', '-c', EXPORT_AND_EXEC, 'sh', ...command] : [...command];
}
