/** What the holders of tokens can download, through the edge function's code. */
import { expand } from '../../../shared/composer/metadata-minifier.ts';
import { packagesOf, type StoredPackage } from '../../../shared/store/package-store.ts';
import { clientGets, type Published } from '../../support/registry-view.ts';
import { organizationId } from '../../support/synchronized.ts';
import type { Holder } from './holders.ts';
import type { ModelWorld } from './model-world.ts';

export interface View {
  readonly published: Published;
  readonly packages: readonly StoredPackage[];
  /** Numbers of the packages whose metadata the holder gets. */
  of(holder: Holder): ReadonlySet<number>;
}

export async function viewOf(world: ModelWorld): Promise<View> {
  const published = await world.registry.published();
  const packages = await packagesOf(world.table, organizationId);
  const seen = new Map<Holder, Set<number>>();
  for (const holder of world.holders) {
    const numbers = new Set<number>();
    for (const { number, name } of packages) {
      // The package that the name leads to at the edge.
      const stands = published.values.get(`p/acme/${name}`);
      if (
        stands === String(number) &&
        (await gets(world, published, holder, `/acme/p2/${name}.json`)).startsWith('{')
      ) {
        numbers.add(number);
      }
    }
    seen.set(holder, numbers);
  }
  return { published, packages, of: (holder) => seen.get(holder) ?? new Set() };
}

export function gets(
  world: ModelWorld,
  published: Published,
  { token }: Holder,
  path: string,
): Promise<string> {
  return clientGets(published, token, path, world.clock.now());
}

/** Versions and their commits in a metadata file. */
export function versionsIn(text: string, name: string): ReadonlyMap<string, string> {
  const parsed = JSON.parse(text) as { packages: Record<string, Record<string, unknown>[]> };
  const versions = expand(parsed.packages[name] ?? []) as { version: string; dist: { reference: string } }[];
  return new Map(versions.map(({ version, dist }) => [version, dist.reference]));
}

export function nameOf({ state }: ModelWorld, { kind, id }: Holder): string {
  const name =
    kind === 'account'
      ? state.users.get(id)?.login
      : kind === 'team'
        ? state.teams.get(id)?.slug
        : organizationId;
  return `${kind} ${name ?? 'gone'} (${id})`;
}
