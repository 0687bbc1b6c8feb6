# Exports every file of the secrets folder (SECRETS_FOLDER of ../environment.ts) as a variable, then becomes the
# command, which are its arguments: the values are in no container's configuration and, as `export` is part of the
# shell, in no process's arguments.
#
# Runs as one line, in which `docker ps` can show it: each line here ends where a blank may follow. A changed text
# replaces the replicas and runs prepare again.
#
# The x keeps newlines at the end of a value, which $(...) drops.
for medusa_infra_file in /run/secrets/*; do
  [ -f "$medusa_infra_file" ] || continue;
  medusa_infra_name=${medusa_infra_file##*/};
  case $medusa_infra_name in [!A-Za-z_]*|*[!A-Za-z0-9_]*) continue;; esac;
  medusa_infra_value=$(cat "$medusa_infra_file" && printf x) ||
    { echo "cannot read $medusa_infra_file" >&2; exit 78; };
  export "$medusa_infra_name=${medusa_infra_value%x}";
done;
unset medusa_infra_file medusa_infra_name medusa_infra_value;
if [ ! -w "${HOME:-/}" ]; then HOME=/tmp; export HOME; fi;
exec "$@"
