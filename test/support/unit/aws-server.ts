import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Answers of AWS's JSON services by operation; one that throws is an error of that name. */
export type Answers = Readonly<Record<string, (input: Record<string, unknown>) => object>>;

/** A server on 127.0.0.1 that speaks the protocol of ECS and CloudWatch Logs; gone after the test. */
export async function awsServer(answers: Answers): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      const input = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
      response.setHeader('Content-Type', 'application/x-amz-json-1.1');
      try {
        const answer = answers[operation];
        if (!answer) throw new AwsError('UnknownOperationException', operation);
        response.end(JSON.stringify(answer(input)));
      } catch (error) {
        const { name, message } = error as Error;
        response.statusCode = 400;
        response.end(JSON.stringify({ __type: name, message }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a service of AWS refuses with. */
export class AwsError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The provider's configuration for such a server. */
export function configFor(url: string, services: readonly string[]): Record<string, string> {
  return {
    accessKey: 'test',
    secretKey: 'test',
    endpoints: JSON.stringify([Object.fromEntries(services.map((name) => [name, url]))]),
  };
}
