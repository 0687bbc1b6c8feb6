import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { namedFileProblems } from '../../../src/stack/named-files.ts';
import { formatProblem } from '../../../src/stack/problems.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import * as fixtures from '../../support/unit/stack-files.ts';

const { dev } = fixtures;
function goodStack() {
  const build = temporaryFolder();
  writeFileSync(path.join(build, 'Dockerfile'), '');
  const image = { build, dockerfile: 'Dockerfile', args: {} };
  return { ...dev, backend: { ...dev.backend, image } };
}

const told = (stack: Parameters<typeof namedFileProblems>[0]) =>
  namedFileProblems(stack).map(formatProblem);

test('a stack whose folders and files are there', () => {
  expect(told(goodStack())).toEqual([]);
});

test('everything that is missing is told at once', () => {
  const image = { build: '/nowhere/backend', dockerfile: 'Dockerfile', args: {} };
  const stack = {
    ...dev,
    backend: { ...dev.backend, image },
    database: { ...fixtures.postgres, ca: '/nowhere/ca.pem' },
  };
  expect(told(stack)).toEqual([
    "backend.image.build: there is no folder /nowhere/backend; name the folder with the backend's Dockerfile (relative to the stack file)",
    "database.ca: there is no file /nowhere/ca.pem; name the CA's PEM file",
  ]);
});

test('a Dockerfile that is not there', () => {
  const good = goodStack();
  const { build } = good.backend.image;
  mkdirSync(path.join(build, 'docker'));
  const image = { build, dockerfile: 'docker/Dockerfile', args: {} };
  expect(told({ ...good, backend: { ...good.backend, image } })).toEqual([
    `backend.image.dockerfile: there is no file ${build}/docker/Dockerfile; name the Dockerfile as it is called in ${build}`,
  ]);
});

test('what an ACME server is trusted by has to be there and to be a certificate', () => {
  const ca = path.join(temporaryFolder(), 'ca.pem');
  const good = goodStack();
  const stack = { ...good, edge: { ...good.edge, acme: { ca } } };
  expect(told(stack)).toEqual([`edge.acme.ca: there is no file ${ca}; name the CA's PEM file`]);
  writeFileSync(ca, 'nothing of the kind');
  expect(told(stack)).toEqual([
    `edge.acme.ca: ${ca} holds no certificate in PEM form; name the CA's PEM file`,
  ]);
});
