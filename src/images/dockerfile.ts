/** Folder of the context with the settings of the host's network (see build-context.ts). */
export const hostFolder = '.medusa-infra';

const authoritiesFile = '/etc/medusa-infra/ca.crt';

/** Whether a Dockerfile declares a build argument. */
export function declaresArgument(dockerfile: string, name: string): boolean {
  return instructions(dockerfile).some(
    ({ keyword, text }) =>
      keyword === 'ARG' && text.split(/\s+/).some((word) => word.split('=')[0] === name),
  );
}

/**
 * Lets the RUN instructions of a Dockerfile without private certificate authorities reach registries
 * that need one: stages with RUN get the host's authorities as a file (public certificates) and, only
 * during the build, the variables by which Node.js and OpenSSL find it.
 * @returns undefined: nothing to add, since it handles them itself or has no RUN
 */
export function withAuthorities(dockerfile: string): string | undefined {
  if (dockerfile.includes(hostFolder)) {
    return undefined;
  }
  const found = instructions(dockerfile);
  const insertAfter: number[] = [];
  found.forEach((instruction, index) => {
    const rest = found.slice(index + 1);
    const end = rest.findIndex(({ keyword }) => keyword === 'FROM');
    const stage = end < 0 ? rest : rest.slice(0, end);
    if (instruction.keyword === 'FROM' && stage.some(({ keyword }) => keyword === 'RUN')) {
      insertAfter.push(instruction.lastLine);
    }
  });
  if (insertAfter.length === 0) {
    return undefined;
  }
  const lines = dockerfile.split('\n');
  for (const line of insertAfter.reverse()) {
    lines.splice(
      line + 1,
      0,
      `COPY ${hostFolder}/ca.crt ${authoritiesFile}`,
      `ARG NODE_EXTRA_CA_CERTS=${authoritiesFile}`,
      `ARG SSL_CERT_FILE=${authoritiesFile}`,
    );
  }
  return lines.join('\n');
}

interface Instruction {
  readonly keyword: string;
  /** What follows the keyword on its first line. */
  readonly text: string;
  readonly lastLine: number;
}

/** The instructions of a Dockerfile; continued lines, comments between them and heredocs count as one. */
function instructions(dockerfile: string): Instruction[] {
  const lines = dockerfile.split('\n');
  const continuation = /^#\s*escape\s*=\s*`/im.test(dockerfile) ? '`' : '\\';
  const found: Instruction[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const match = /^\s*([A-Za-z]+)\s+(.*)$/.exec(lines[at] as string);
    if (match === null) {
      continue;
    }
    const heredoc = /<<-?\s*["']?([A-Za-z_][A-Za-z0-9_]*)["']?/.exec(match[2] as string)?.[1];
    while (at + 1 < lines.length && continues(lines[at] as string, continuation)) {
      at += 1;
      while (at + 1 < lines.length && /^\s*(#|$)/.test(lines[at] as string)) {
        at += 1;
      }
    }
    if (heredoc !== undefined) {
      while (at + 1 < lines.length && (lines[at] as string).trim() !== heredoc) {
        at += 1;
      }
    }
    found.push({
      keyword: (match[1] as string).toUpperCase(),
      text: match[2] as string,
      lastLine: at,
    });
  }
  return found;
}

function continues(line: string, continuation: string): boolean {
  return line.trimEnd().endsWith(continuation);
}
