import { SECRETS_FOLDER } from '../container/environment.ts';

/**
 * Exports every file of the secrets folder as a variable, then becomes the command: the values are in
 * no container configuration and, as `export` is part of the shell, in no process's arguments.
 * The `x` keeps newlines at the end, which `$(…)` would drop.
 */
const EXPORT_AND_EXEC = [
  `for medusa_infra_file in ${SECRETS_FOLDER}/*; do`,
  '[ -f "$medusa_infra_file" ] || continue;',
  'medusa_infra_name=${medusa_infra_file##*/};',
  'case $medusa_infra_name in [!A-Za-z_]*|*[!A-Za-z0-9_]*) continue;; esac;',
  'medusa_infra_value=$(cat "$medusa_infra_file" && printf x) ||',
  '{ echo "cannot read $medusa_infra_file" >&2; exit 78; };',
  'export "$medusa_infra_name=${medusa_infra_value%x}";',
  'done;',
  'unset medusa_infra_file medusa_infra_name medusa_infra_value;',
  'if [ ! -w "${HOME:-/}" ]; then HOME=/tmp; export HOME; fi;',
  'exec "$@"',
].join(' ');

/**
 * The command line that a container runs. With a shell in the image: a line that puts the secrets
 * into the environment at exec; without one: the command as it is (it then gets `<NAME>_FILE`).
 */
export function wrapCommand(command: readonly string[], shell: boolean): string[] {
  return shell ? ['/bin/sh', '-c', EXPORT_AND_EXEC, 'sh', ...command] : [...command];
}
