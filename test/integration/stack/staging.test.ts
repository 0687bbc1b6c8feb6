import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execIn, runningOf } from '../../support/engine.ts';
import { backendEnvironment, containerFacts } from '../../support/facts.ts';
import { get, logIn, post, probe, productTitles } from '../../support/http.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';
import { admin, seededTitles, stagingStack } from '../../support/stacks.ts';

// What Medusa does in production: secure cookies, sessions and events in Redis, two replicas behind
// an edge, with TLS ended in front of it.
const https = { 'x-forwarded-proto': 'https' };
let project: TestProject;
let url: string;
let port: number;

beforeAll(async () => {
  project = await TestProject.create();
  port = await freePort();
  url = `http://127.0.0.1:${port}`;
  project.writeStack('staging', stagingStack(port));
  const { seconds } = await project.up('staging');
  console.log(`fresh up of two replicas: ${seconds.toFixed(1)} s`);
});

afterAll(() => project.cleanup());

describe('a production-like stack', () => {
  it('runs two replicas in production mode with Redis for cache and events', async () => {
    expect(await runningOf(project.name, 'staging', 'backend')).toHaveLength(2);
    const env = await backendEnvironment(project.name, 'staging');
    expect(env).toMatchObject({
      NODE_ENV: 'production',
      MEDUSA_BACKEND_URL: 'https://shop.localhost',
      ADMIN_CORS: 'https://admin.example.com',
      STORE_CORS: 'https://shop.example.com',
    });
    expect(JSON.parse(env['MEDUSA_MODULES'] ?? '')).toMatchObject({
      cacheService: { resolve: '@medusajs/cache-redis' },
      eventBus: { resolve: '@medusajs/event-bus-redis' },
    });
    expect(await productTitles(url)).toEqual(seededTitles);
  });

  it('publishes the edge alone, to the world', async () => {
    const [edge] = await runningOf(project.name, 'staging', 'edge');
    expect((await containerFacts(edge?.id ?? '')).published).toEqual([`0.0.0.0:${port}`]);
    for (const component of ['backend', 'database', 'redis']) {
      for (const { id } of await runningOf(project.name, 'staging', component)) {
        expect((await containerFacts(id)).published).toEqual([]);
      }
    }
  });

  it('sets a secure session cookie for a login that came over https, good at both replicas', async () => {
    const { cookie, setCookie } = await logIn(url, admin.email, admin.password, https);
    expect(setCookie).toMatch(/; HttpOnly/);
    expect(setCookie).toMatch(/; Secure/);
    expect(setCookie).toMatch(/; SameSite=None/);
    expect((await get(`${url}/admin/auth`, { ...https, cookie })).status).toBe(200);
    const replicas = await runningOf(project.name, 'staging', 'backend');
    const script = `
      fetch('http://127.0.0.1:9000/admin/auth', { headers: ${JSON.stringify({ ...https, cookie })} })
        .then((response) => process.stdout.write(String(response.status)));`;
    for (const { id } of replicas) expect(await execIn(id, ['node', '-e', script])).toBe('200');
  });

  it('sets no cookie over plain http', async () => {
    const { email, password } = admin;
    const { status, setCookie } = await post(`${url}/admin/auth`, { email, password });
    expect({ status, setCookie }).toEqual({ status: 200, setCookie: undefined });
  });

  it('lets the named origins in, and no other', async () => {
    const allowed = async (origin: string) => {
      const response = await fetch(`${url}/store/products`, { headers: { origin } });
      return response.headers.get('access-control-allow-origin');
    };
    expect(await allowed('https://shop.example.com')).toBe('https://shop.example.com');
    expect(await allowed('https://shop.example.com.attacker.test')).toBeNull();
    expect(await allowed('http://localhost:8000')).toBeNull();
  });

  it('makes no session for a request without a cookie', async () => {
    const [redis] = await runningOf(project.name, 'staging', 'redis');
    const [backend] = await runningOf(project.name, 'staging', 'backend');
    expect(redis).toBeDefined();
    const script = `
      const Redis = require('ioredis');
      const { readFileSync } = require('fs');
      const client = new Redis(readFileSync('/run/secrets/REDIS_URL', 'utf8'));
      client.keys('*sess:*').then((keys) => { process.stdout.write(String(keys.length)); client.quit(); });`;
    const count = () => execIn(backend?.id ?? '', ['node', '-e', script]);
    const before = await count();
    for (let asked = 0; asked < 5; asked += 1) await get(`${url}/store/products`);
    expect(await count()).toBe(before);
  });

  it('answers every request while both replicas are replaced', async () => {
    const before = await runningOf(project.name, 'staging', 'backend');
    const { cookie } = await logIn(url, admin.email, admin.password, https);
    const changed = stagingStack(port);
    changed.backend.env.GREETING = 'good morning';
    project.writeStack('staging', changed);
    const asking = probe(`${url}/store/products`);
    const { seconds } = await project.up('staging');
    const report = await asking.stop();
    console.log(`both replicas replaced in ${seconds.toFixed(1)} s:`, report);
    const after = await runningOf(project.name, 'staging', 'backend');
    expect(after).toHaveLength(2);
    for (const { id } of before) expect(after.map((found) => found.id)).not.toContain(id);
    expect(report.failures).toEqual([]);
    expect((await get(`${url}/admin/auth`, { ...https, cookie })).status).toBe(200);
  });
});
