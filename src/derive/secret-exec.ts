import { startScript } from '../start-script.ts';

const EXPORT_AND_EXEC = startScript('with-secrets').replace(/\n\s*/g, ' ');

/**
 * The command line that a container runs. With a shell in the image: a line that puts the secrets
 * into the environment at exec; without one: the command as it is (it then gets `<NAME>_FILE`).
 * @param preload path of a script that Node loads first; needs a shell. @default none
 */
export function wrapCommand(
  command: readonly string[],
  shell: boolean,
  preload?: string,
): string[] {
  if (!shell) return [...command];
  const withPreload =
    preload === undefined
      ? command
      : ['/bin/sh', '-c', startScript('with-preload'), 'sh', preload, ...command];
  return ['/bin/sh', '-c', EXPORT_AND_EXEC, 'sh', ...withPreload];
}
