import { spawn } from 'node:child_process';
import { UserError } from '../src/errors.ts';

const HANDSHAKE_MS = 60_000;

/**
 * Starts a Pulumi plugin as the engine does and waits for the port that it prints, the first thing that every one of
 * them prints once it serves. The address given is one where no engine listens; plugins connect to it later or never.
 */
export async function handshake(file: string): Promise<void> {
  const child = spawn(file, ['127.0.0.1:9'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('printed nothing')), HANDSHAKE_MS);
      const settle = (error?: Error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      };
      child.stdout.on('data', (data: Buffer) => {
        output += data.toString();
        if (/^\d{2,5}\s/.test(output)) settle();
      });
      child.stderr.on('data', (data: Buffer) => {
        errors += data.toString();
      });
      child.on('error', settle);
      // Not 'exit': its output must have been read.
      child.on('close', (code, signal) => settle(new Error(`ended (${signal ?? code})`)));
    });
  } catch (error) {
    throw new UserError(
      `${file} was expected to print the port it serves on, but ${(error as Error).message}:\n  ${(errors || output).trim().slice(-1000)}`,
      'tool-broken',
    );
  } finally {
    child.kill('SIGKILL');
  }
}
