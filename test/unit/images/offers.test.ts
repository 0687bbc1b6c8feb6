import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { sourceLines } from '../../../src/images/bootstrap.ts';
import { debianName, upstreamVersion } from '../../../src/images/debian.ts';
import { chooseVersions, offeredVersions } from '../../../src/images/offers.ts';
import { officialName } from '../../../src/images/official.ts';

describe('names of images', () => {
  test('official references', () => {
    expect(officialName('postgres', '17')).toBe('postgres:17-bookworm');
    expect(officialName('redis', '7')).toBe('redis:7-bookworm');
    expect(officialName('node', '22')).toBe('node:22-bookworm-slim');
    expect(officialName('edge', '2')).toBe('caddy:2');
  });

  test('a registry stands in front, with its path', () => {
    expect(officialName('redis', '7', 'registry.test:5000/mirror/')).toBe(
      'registry.test:5000/mirror/redis:7-bookworm',
    );
  });

  test('an image that is built here has its own name', () => {
    expect(debianName('postgres', '15')).toBe('localhost/medusa-infra/postgres:15-debian-bookworm');
  });
});

describe('versions', () => {
  test('the newest that the source offers, where nothing is asked', () => {
    expect(chooseVersions('debian', {})).toEqual({
      postgres: '15',
      redis: '7',
      node: '22',
      edge: '2',
    });
    expect(chooseVersions('official', { redis: '7' })).toEqual({
      postgres: offeredVersions('official').postgres[0],
      redis: '7',
      node: '22',
      edge: '2',
    });
  });

  test('a number is as good as text', () => {
    expect(chooseVersions('debian', { postgres: 15 }).postgres).toBe('15');
  });

  test('one that is not offered is refused by the key of the stack file', () => {
    expect(() => chooseVersions('debian', { postgres: '17' }, 'no image registry answers')).toThrow(
      new UserError(
        'database.version: the image source "debian" (no image registry answers) offers 15, got "17"; ' +
          'set one of these, or set images.source: official if an image registry is reachable',
        'image-version-not-offered',
      ),
    );
    expect(() => chooseVersions('official', { redis: '5' })).toThrow(
      new UserError(
        'redis.version: the image source "official" offers 8, 7, 6, got "5"; set one of these',
        'image-version-not-offered',
      ),
    );
  });
});

describe('Debian', () => {
  test('the upstream version of a package', () => {
    expect(upstreamVersion('15.20-0+deb12u1')).toBe('15.20');
    expect(upstreamVersion('5:7.0.15-1~deb12u10')).toBe('7.0.15');
    expect(upstreamVersion('2.6.2-5')).toBe('2.6.2');
  });

  test("the host's own mirrors are used, for the release of the images", () => {
    const targets = [
      'http://mirror.test/debian/ trixie main',
      'http://mirror.test/debian/ trixie contrib',
      'http://mirror.test/debian/ trixie-updates main',
      'http://mirror.test/debian/ trixie-backports main',
      'http://mirror.test/security/ trixie-security main',
      'https://other.test/repo/ stable main',
      'http://mirror.test/debian/ trixie main',
    ].join('\n');
    expect(sourceLines(targets, 'trixie')).toEqual([
      'deb http://mirror.test/debian/ bookworm main',
      'deb http://mirror.test/debian/ bookworm-updates main',
      'deb http://mirror.test/security/ bookworm-security main',
    ]);
  });
});
