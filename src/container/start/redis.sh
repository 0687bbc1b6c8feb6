# Starts a Redis server; its configuration is the first argument.
#
# Below this comment nothing may ever change: the text is part of the container, and a changed one replaces the
# Redis of every stack. The paths, the administrator and its rights are those of src/derive/docker/redis-config.ts.
#
# The administrator's password is made here and is kept in memory alone. The users are those that were set last: a
# server that the engine starts again lets its backends in. They are written to another file and moved, so that no
# start finds half a file.
set -eu
umask 077
password=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
if [ ${#password} -ne 64 ]; then echo 'no random bytes from /dev/urandom' >&2; exit 1; fi
printf %s "$password" > /tmp/admin-password
digest=$(printf %s "$password" | sha256sum | cut -c1-64)
{
  printf 'user default reset\nuser medusa-infra on #%s -@all +ping +acl\n' "$digest"
  if [ -f /data/users.acl ]; then grep -v -e '^user default ' -e '^user medusa-infra ' /data/users.acl || true; fi
} | dd of=/data/users.acl.new conv=fsync 2> /dev/null
mv /data/users.acl.new /data/users.acl
printf %s "$1" > /tmp/redis.conf
exec redis-server /tmp/redis.conf
