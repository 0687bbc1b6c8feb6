import type Docker from 'dockerode';
import type { RedisUsers } from '../components/docker/container-runtime.ts';

export async function setRedisUsers(
  _container: Docker.Container,
  _users: RedisUsers,
  _mode: 'add' | 'only',
): Promise<void> {
  throw new Error('being built');
}
