# Entry point of a PostgreSQL server's container, with PGDATA in its environment; its command follows.
#
# Below this comment nothing may ever change, the wording of the message included: the text is part of the
# container, and a changed one replaces the database of every stack.
#
# The image insists on a superuser password. It gets one that is made inside the container, is kept nowhere and is
# known to nobody: the superuser's only way in is the Unix socket.
#
# A first start that was killed leaves a cluster that the image takes for a whole one, although its catalog or its
# pg_hba.conf is half written. It is removed and made again. As long as $PGDATA.making exists next to it, a cluster
# has not served anybody; the health check removes that file.
set -e
POSTGRES_PASSWORD=$(od -An -N32 -tx1 /dev/urandom | tr -d " \n")
[ ${#POSTGRES_PASSWORD} -eq 64 ]
export POSTGRES_PASSWORD
if [ -e "$PGDATA.making" ]; then
  echo "the making of the cluster was cut off; making it anew"
  rm -rf "$PGDATA"
fi
[ -s "$PGDATA/PG_VERSION" ] || : > "$PGDATA.making"
exec docker-entrypoint.sh "$@"
