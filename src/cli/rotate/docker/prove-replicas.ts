import { createHash } from 'node:crypto';
import { nodeProbe } from '../../../bundle.ts';
import { SECRETS_FOLDER } from '../../../container/environment.ts';
import { execIn } from '../../../docker/exec.ts';
import { countText, type Proof, type ProofContext, variablesWith } from '../proof.ts';
import type { RotationStep } from '../steps.ts';

/** Every replica runs with the new version, and its files hold the new value. */
export async function proveFiles(context: ProofContext, step: RotationStep): Promise<Proof[]> {
  const { plan, replicas, environment } = context;
  const secret = step.name;
  const wanted = plan.backend.replicas;
  const labelled = replicas.filter(({ versions }) => versions[secret] === step.to).length;
  const proofs: Proof[] = [
    {
      secret,
      ok: labelled === wanted && replicas.length === wanted,
      text: `${countText(labelled, wanted)} run with version ${step.to}${
        replicas.length > labelled ? `, and ${replicas.length - labelled} with another` : ''
      }`,
    },
  ];
  const variables = variablesWith(plan, secret);
  if (variables.length === 0) return proofs;
  const expected = variables.map((name) => sha256(environment[name] ?? ''));
  const held = await Promise.all(
    replicas.map(async ({ id }) => {
      const found = await fileDigests(context, id, variables);
      return expected.every((digest, index) => found[index] === digest);
    }),
  );
  const good = held.filter(Boolean).length;
  proofs.push({
    secret,
    ok: good === wanted && held.length === wanted,
    text: `${countText(good, wanted)} hold its value in ${SECRETS_FOLDER}: ${variables.join(', ')}`,
  });
  return proofs;
}

async function fileDigests(
  { docker }: ProofContext,
  container: string,
  variables: readonly string[],
): Promise<readonly string[]> {
  const files = variables.map((name) => `${SECRETS_FOLDER}/${name}`);
  const probe = nodeProbe('file-digests', ...files);
  const result = await execIn(docker.getContainer(container), probe);
  return parseList(result.stdout);
}

function parseList(text: string): readonly string[] {
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? found.map(String) : [];
  } catch {
    return [];
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
