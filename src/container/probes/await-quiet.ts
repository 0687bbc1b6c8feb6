import { readFileSync } from 'node:fs';

/**
 * Ends when no connection from another machine is open on a port, seen twice in a row, since a request may
 * just be on its way; or when the time is over. Arguments: the port, and seconds.
 * One program that waits, and not one for each look: a start of node costs more than all of its looks.
 */
const [, port, seconds] = process.argv;
const end = Date.now() + Number(seconds) * 1000;

/** As the kernel prints it. Source: proc(5) on /proc/net/tcp. */
const localEnd = `:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`;
/** 01 established, 03 just being opened. */
const OPEN = /^0[13]$/;
/** The container's own health check: 127.0.0.1, ::ffff:127.0.0.1 and ::1. */
const LOOPBACK = /^(0100007F|0{16}FFFF00000100007F|0{24}01000000):/;

function connections(table: string): string[] {
  try {
    return readFileSync(table, 'latin1').split('\n').slice(1);
  } catch {
    // The kernel has no IPv6.
    return [];
  }
}

function isOpen(line: string): boolean {
  const [, local, remote, state] = line.trim().split(/\s+/);
  if (local === undefined || remote === undefined || state === undefined) return false;
  return local.endsWith(localEnd) && OPEN.test(state) && !LOOPBACK.test(remote);
}

let quiet = 0;
function look(): void {
  quiet = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(connections).some(isOpen) ? 0 : quiet + 1;
  if (quiet < 2 && Date.now() < end) setTimeout(look, 200);
}

look();
