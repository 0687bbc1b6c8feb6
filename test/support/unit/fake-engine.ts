import { PassThrough, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { extract } from 'tar-stream';

export interface FakeState {
  Running: boolean;
  Paused?: boolean;
  Restarting?: boolean;
  ExitCode?: number;
  OOMKilled?: boolean;
  Error?: string;
  StartedAt?: string;
  FinishedAt?: string;
  Health?: { Status: string; Log?: readonly { Output: string }[] };
  /** Of the container, not of its state: how often the engine started it again by itself. */
  RestartCount?: number;
}

/** Time that the engine gives for something that has never been. */
export const NEVER = '0001-01-01T00:00:00Z';

/**
 * A container that goes through `states` one inspection after the other (the last one stays), and
 * notes what is done to it.
 */
export class FakeContainer {
  readonly done: string[] = [];
  readonly files = new Map<string, string>();
  readonly answers: PassThrough[] = [];
  readonly #states: FakeState[];
  readonly #log: string;
  pidsLimit: number | null = null;
  memory = 0;
  cpu = { CpuQuota: 50_000, CpuShares: 1024 };

  constructor(states: readonly FakeState[], log = '') {
    this.#states = [...states];
    this.#log = log;
  }

  async inspect() {
    const next = this.#states.length > 1 ? this.#states.shift() : this.#states[0];
    const { RestartCount = 0, ...state } = next ?? { Running: false };
    return {
      RestartCount,
      Created: NEVER,
      State: {
        Paused: false,
        Restarting: false,
        ExitCode: 0,
        OOMKilled: false,
        Error: '',
        StartedAt: NEVER,
        FinishedAt: NEVER,
        ...state,
      },
      HostConfig: { PidsLimit: this.pidsLimit, Memory: this.memory, ...this.cpu },
      Config: { Labels: {} },
    };
  }

  async update(limits: { PidsLimit?: number; CpuQuota?: number; CpuShares?: number }) {
    const { PidsLimit, CpuQuota, CpuShares } = limits;
    if (PidsLimit !== undefined) {
      this.pidsLimit = PidsLimit;
      this.done.push(`limit ${PidsLimit}`);
    }
    if (CpuQuota !== undefined) {
      this.cpu = { CpuQuota, CpuShares: CpuShares ?? 0 };
      this.done.push(`quota ${CpuQuota}, shares ${CpuShares}`);
    }
  }

  async start() {
    this.done.push('start');
  }

  async stop() {
    this.done.push('stop');
  }

  async unpause() {
    this.done.push('unpause');
  }

  async putArchive(stream: NodeJS.ReadableStream) {
    const reader = extract();
    const found: string[] = [];
    reader.on('entry', (header, content, next) => {
      text(content).then((written) => {
        this.files.set(header.name, written);
        found.push(`${header.name} ${written}`.trimEnd());
        next();
      }, next);
    });
    await finished(stream.pipe(reader));
    this.done.push(`put ${found.join(', ')}`);
  }

  /** The answer to a HEAD request, as the engine sends it. */
  async infoArchive({ path }: { path: string }) {
    const content = this.files.get(path);
    if (content === undefined) throw Object.assign(new Error('no such file'), { statusCode: 404 });
    const stat = Buffer.from(JSON.stringify({ size: content.length })).toString('base64');
    const answer = new PassThrough();
    answer.end();
    this.answers.push(answer);
    return Object.assign(answer, { headers: { 'x-docker-container-path-stat': stat } });
  }

  async logs({ tail }: { tail: number }) {
    const lines = this.#log.split('\n').slice(-tail);
    return Buffer.concat(lines.map((line, index) => frame((index % 2) + 1, `${line}\n`)));
  }
}

/** A container in which each command prints this: on stdout where it ends with 0, else on stderr. */
export class FakeDatabase {
  readonly #answer: string;
  readonly #exitCode: number;

  constructor(answer: string, exitCode = 0) {
    this.#answer = answer;
    this.#exitCode = exitCode;
  }

  readonly modem = {
    demuxStream: (_: unknown, stdout: Writable, stderr: Writable) =>
      void (this.#exitCode === 0 ? stdout : stderr).write(this.#answer),
  };

  async exec() {
    return {
      start: async () => {
        const stream = new PassThrough();
        stream.resume().on('finish', () => stream.push(null));
        return stream;
      },
      inspect: async () => ({ ExitCode: this.#exitCode }),
    };
  }
}

/** A piece of output as the engine frames it: 1 is stdout, 2 stderr. */
export function frame(stream: number, text: string | Buffer): Buffer {
  const body = Buffer.from(text as string);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

/** An engine with these containers, by name or id. */
export function engineWith(containers: Readonly<Record<string, FakeContainer>>): Docker {
  return {
    getContainer: (id: string) => containers[id],
  } as unknown as Docker;
}
