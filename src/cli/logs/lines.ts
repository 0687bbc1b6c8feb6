import { StringDecoder } from 'node:string_decoder';

/** One line of a container's log. */
export interface LogLine {
  /** As Docker writes it, nanoseconds and all. */
  readonly time: string;
  readonly text: string;
}

/** Cuts chunks of bytes into lines; a character or a line may be spread over several chunks. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  push(chunk: Buffer): string[] {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines;
  }

  /** What is left when no more comes. */
  end(): string[] {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    return last === '' ? [] : [last];
  }
}

/** Takes the timestamp that Docker puts before a line off it. */
export function parseLogLine(line: string): LogLine {
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?(.*)$/s.exec(line.replace(/\r$/, ''));
  return match ? { time: match[1] ?? '', text: match[2] ?? '' } : { time: '', text: line };
}
