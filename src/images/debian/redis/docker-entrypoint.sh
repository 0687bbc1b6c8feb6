#!/bin/sh
# Entry point of medusa-infra's Redis image from Debian packages: options or a .conf file go to
# redis-server, which runs as the user redis.
set -eu

case "${1-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "${1-}" = redis-server ]; then
  if [ "$(id -u)" = 0 ]; then
    find . \! -user redis -exec chown redis '{}' +
    exec setpriv --reuid=redis --regid=redis --init-groups "$0" "$@"
  fi
  # The data is nobody else's.
  umask 0077
  # The official build answers other containers by default (protected mode off), Debian's does not;
  # a config file decides for itself.
  case "${2-}" in
    '' | -*) set -- "$@" --protected-mode no ;;
  esac
fi

exec "$@"
