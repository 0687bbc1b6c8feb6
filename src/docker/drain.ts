import type Docker from 'dockerode';
import { execIn } from './exec.ts';

export interface DrainOptions {
  /** Port that the process listens on. */
  readonly port: number;
  /** Seconds from now until it is killed. */
  readonly graceSeconds: number;
  /** Whether to wait for its connections to end by themselves before it is asked to stop. */
  readonly awaitQuiet: boolean;
}

/** What a process has at least between SIGTERM and SIGKILL, however long its connections took. */
const LEAST_STOP_SECONDS = 5;

/**
 * Lets a replica that gets no new requests finish those it has, and stops it. First its connections
 * end by themselves, so that none is cut off even where the process ends at once on SIGTERM.
 */
export async function drain(container: Docker.Container, options: DrainOptions): Promise<void> {
  const end = Date.now() + options.graceSeconds * 1000;
  const script = awaitQuietScript(options.port, options.graceSeconds);
  if (options.awaitQuiet) await execIn(container, ['node', '-e', script]).catch(ifRunning);
  const left = Math.ceil((end - Date.now()) / 1000);
  await container.stop({ t: Math.max(LEAST_STOP_SECONDS, left) }).catch(ifRunning);
}

/** Stopped (304), gone (404) or not running (409) already: then nothing is left to do. */
function ifRunning(error: { readonly statusCode?: number }): void {
  if (![304, 404, 409].includes(error.statusCode ?? 0)) throw error;
}

/**
 * A program for the container's own node: ends when no connection from another machine is open on the
 * port, seen twice in a row, since a request may just be on its way; or when the time is over. One
 * program that waits, and not one for each look: a start of node costs more than all of its looks.
 * Format of /proc/net/tcp: proc(5); states 01 established, 03 just being opened.
 */
export function awaitQuietScript(port: number, seconds: number): string {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return [
    `const end=Date.now()+${seconds * 1000},fs=require('fs');let quiet=0;`,
    `const read=f=>{try{return fs.readFileSync(f,'latin1').split('\\n').slice(1)}catch{return[]}};`,
    // Loopback is its own health check: 7F000001 as the kernel prints it, ::ffff:127.0.0.1 and ::1.
    'const own=/^(0100007F|0{16}FFFF00000100007F|0{24}01000000):/;',
    `const open=()=>['/proc/net/tcp','/proc/net/tcp6'].flatMap(read).map(l=>l.trim().split(/\\s+/))`,
    `.some(([,local,remote,state])=>local?.endsWith(':${hexPort}')&&/^0[13]$/.test(state)&&!own.test(remote));`,
    'const look=()=>{quiet=open()?0:quiet+1;if(quiet<2&&Date.now()<end)setTimeout(look,200)};look()',
  ].join('');
}
