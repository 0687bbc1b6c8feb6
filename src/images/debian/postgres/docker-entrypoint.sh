#!/bin/bash
# Entry point of medusa-infra's PostgreSQL image from Debian packages: what the official image's
# does with POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, POSTGRES_INITDB_ARGS (each also as
# <NAME>_FILE), POSTGRES_HOST_AUTH_METHOD, PGDATA and /docker-entrypoint-initdb.d.
set -Eeuo pipefail

fail() {
  echo "docker-entrypoint: $*" >&2
  exit 1
}

# from_file NAME [DEFAULT]: NAME from itself, from the file that NAME_FILE names, or the default.
from_file() {
  local name=$1 file_name="${1}_FILE" value=${2-}
  if [ -n "${!name-}" ] && [ -n "${!file_name-}" ]; then
    fail "set $name or $file_name, not both"
  fi
  if [ -n "${!name-}" ]; then
    value=${!name}
  elif [ -n "${!file_name-}" ]; then
    [ -r "${!file_name}" ] || fail "$file_name: cannot read ${!file_name}"
    value=$(<"${!file_name}")
  fi
  export "$name=$value"
  unset "$file_name"
}

create_cluster() {
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    fail 'POSTGRES_PASSWORD (or POSTGRES_PASSWORD_FILE) must be set to a value that is not empty'
  fi
  # eval, as in the official image: POSTGRES_INITDB_ARGS may hold quoted arguments. The password
  # goes through a file descriptor, never an argument: arguments are visible to every process.
  eval 'initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") '"$POSTGRES_INITDB_ARGS"
  local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption)}
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
}

run_sql() {
  PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" \
    --no-password "$@"
}

run_init_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh)
        echo "docker-entrypoint: running $file"
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
      *.sql)
        echo "docker-entrypoint: running $file"
        run_sql --dbname "$POSTGRES_DB" --file "$file"
        ;;
      '/docker-entrypoint-initdb.d/*') ;;
      *) echo "docker-entrypoint: ignoring $file" ;;
    esac
  done
}

initialise() {
  create_cluster
  # Only the unix socket: nobody from outside sees a half-made server.
  NOTIFY_SOCKET='' pg_ctl -D "$PGDATA" -w -o "-c listen_addresses='' -p ${PGPORT:-5432}" start
  if [ "$POSTGRES_DB" != postgres ]; then
    run_sql --dbname postgres --set db="$POSTGRES_DB" <<< 'CREATE DATABASE :"db";'
  fi
  run_init_files
  pg_ctl -D "$PGDATA" -m fast -w stop
  echo 'docker-entrypoint: PostgreSQL init process complete; ready for start up.'
}

if [ "${1:0:1}" = - ]; then
  set -- postgres "$@"
fi

if [ "$1" = postgres ]; then
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 0700 "$PGDATA"
    chmod 3775 /var/run/postgresql || true
    find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
  fi
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA" || true
  from_file POSTGRES_PASSWORD
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  from_file POSTGRES_INITDB_ARGS
  : "${POSTGRES_HOST_AUTH_METHOD:=}"
  if [ -s "$PGDATA/PG_VERSION" ]; then
    echo 'docker-entrypoint: the data directory holds a database; initialisation skipped.'
  else
    initialise
  fi
  # The server needs neither; it would only show them to whoever can read its environment.
  unset POSTGRES_PASSWORD POSTGRES_INITDB_ARGS
fi

exec "$@"
