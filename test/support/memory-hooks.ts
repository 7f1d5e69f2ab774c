/** The hooks of a forge in memory. */
import type { ForgeErrorCode } from '../../shared/forge/errors.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import type { HookPlace, Hooks, InstalledHook } from '../../shared/forge/hooks.ts';
import { Secret } from '../../shared/runtime/secret.ts';

export type MemoryHooks = ReturnType<typeof createMemoryHooks>;

export const placeName = (place: HookPlace): string =>
  place.on === 'organization' ? 'organization' : `repository ${place.repository}`;

interface MemoryHook extends InstalledHook {
  readonly place: string;
  /** The secret that it has. */
  readonly secret: string;
}

export function createMemoryHooks() {
  let count = 0;
  const world = {
    /** Whether organizations have hooks in this plan. */
    hasOrganizationHooks: false,
    hooks: [] as MemoryHook[],
    /** Places that are gone. */
    gone: new Set<string>(),
    requests: [] as string[],
    /** Called before each answer; may throw. */
    before: (_asked: string) => {},
    refuse: (code: ForgeErrorCode, asked = /./) => {
      world.before = (what) => {
        if (asked.test(what)) throw new ForgeError(code, `refused: ${what}`);
      };
    },
    at: (place: HookPlace) => world.hooks.filter((hook) => hook.place === placeName(place)),
    change: (id: string, change: Partial<MemoryHook>) => {
      world.hooks = world.hooks.map((hook) => (hook.id === id ? { ...hook, ...change } : hook));
    },
    port: (): Hooks => port,
  };
  function request(what: string, place: HookPlace): string {
    const name = placeName(place);
    world.requests.push(`${what} ${name}`);
    world.before(`${what} ${name}`);
    return name;
  }
  const shown = ({ id, url, state, isAsWanted }: MemoryHook): InstalledHook => ({
    ...{ id, url, state, isAsWanted },
  });
  const port: Hooks = {
    needs: 'Hooks need more rights.',
    newSecret: (random) => new Secret(`secret ${Buffer.from(random).toString('hex')}`),
    async list(place) {
      const name = request('list', place);
      const isThere = place.on === 'organization' ? world.hasOrganizationHooks : !world.gone.has(name);
      return isThere ? world.at(place).map(shown) : undefined;
    },
    async ensure(place, { url, secret }, existing) {
      const name = request('ensure', place);
      count += 1;
      const id = existing?.id ?? `hook-${count}`;
      const hook: MemoryHook = {
        ...{ id, place: name, url, state: 'working', isAsWanted: true, secret: secret.reveal() },
      };
      world.hooks = [...world.hooks.filter((one) => one.id !== id), hook];
      return shown(hook);
    },
    async remove(place, id) {
      request('remove', place);
      world.hooks = world.hooks.filter((one) => one.id !== id);
    },
  };
  return world;
}
