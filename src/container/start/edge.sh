# Starts Caddy with the configuration that was loaded last, or with the one of a first start: where there is none,
# and where another version of Caddy does not accept it.
#
# Below this comment nothing may ever change, the empty line included: the text is part of the container, and a
# changed one replaces the edge of every stack, which interrupts its traffic. The folder is that of
# src/derive/docker/edge-files.ts.

config=/tmp/Caddyfile
printf %s "$BOOTSTRAP" > $config
if [ -s /data/Caddyfile ]; then
  caddy validate --config /data/Caddyfile --adapter caddyfile && config=/data/Caddyfile
fi
exec caddy run --config $config --adapter caddyfile
