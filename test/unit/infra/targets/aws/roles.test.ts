import { describe, expect, test, vi } from 'vitest';
import { deploy, jsonOf } from '../../../../support/unit/aws-deploy.ts';

// A hundred resources through Pulumi's own runtime, many times.
vi.setConfig({ testTimeout: 60_000 });

describe('roles', () => {
  test('the execution role reads the stack’s own secrets and nothing else', async () => {
    const { get } = await deploy();
    expect(jsonOf(get('execution-role-policy').inputs['policy'])).toMatchInlineSnapshot(`
      {
        "Statement": [
          {
            "Action": [
              "secretsmanager:GetSecretValue",
            ],
            "Effect": "Allow",
            "Resource": [
              "arn:vault-backend-DATABASE_URL",
              "arn:vault-backend-REDIS_URL",
              "arn:master",
            ],
            "Sid": "Secrets",
          },
          {
            "Action": [
              "kms:Decrypt",
            ],
            "Effect": "Allow",
            "Resource": [
              "arn:key-key",
            ],
            "Sid": "Key",
          },
          {
            "Action": [
              "ecr:BatchGetImage",
              "ecr:GetDownloadUrlForLayer",
            ],
            "Effect": "Allow",
            "Resource": [
              "arn:images-repository",
            ],
            "Sid": "Pull",
          },
          {
            "Action": [
              "logs:CreateLogStream",
              "logs:PutLogEvents",
            ],
            "Effect": "Allow",
            "Resource": [
              "arn:logs-group:*",
            ],
            "Sid": "Logs",
          },
        ],
        "Version": "2012-10-17",
      }
    `);
  });

  test('a role without statements has no policy', async () => {
    const { resources } = await deploy();
    expect([...resources.keys()].filter((name) => name.startsWith('task-role'))).toEqual([
      'task-role',
      'task-role-role',
    ]);
  });
});
