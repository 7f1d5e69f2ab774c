/** Fixture: a registry with one published package, for tests of who gets what of it. */
import type { Fact } from '../../shared/domain/facts.ts';
import { aFact } from './memory-forge.ts';
import {
  createRegistry,
  memoryServices,
  type Registry,
  type RegistryServices,
  settled,
} from './registry-fixture.ts';

/** Two members who may read everything. */
export const members: readonly Fact[] = [aFact.settings(true), aFact.member(1), aFact.member(2)];
/** The contents of repository 5. */
export const one = { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'b' } };

/** Repository 5 is published, 6 is not known yet. With services in memory the clock moves only while the test waits. */
export async function publishedRegistry(
  services: RegistryServices = memoryServices(),
  facts: readonly Fact[] = [...members, aFact.repository(5)],
): Promise<Registry> {
  const registry = await createRegistry(services, facts);
  registry.contents.set(5, one);
  registry.contents.set(6, { name: 'acme/two', branches: { main: 'c' } });
  await settled(registry);
  return registry;
}

/** Makes a token for a member and publishes it to the edge. */
export async function tokenOf(registry: Registry, login = 'user-1'): Promise<string> {
  const { token } = await registry.issue({ kind: 'member', login });
  await registry.settle();
  return token;
}
