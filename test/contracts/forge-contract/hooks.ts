/** Contract: hooks are installed, recognised, repaired and removed, and others' are left alone. */
import { expect, test } from 'vitest';
import type { ForgeRepositoryId } from '../../../shared/domain/ids.ts';
import { ForgeError } from '../../../shared/forge/errors.ts';
import type { HookPlace, Hooks, InstalledHook } from '../../../shared/forge/hooks.ts';
import { type ForgeFixture, given, spoiled } from './fixture.ts';

const places = ['organization', 'repository'] as const;

export function hooksContract(fixture: () => ForgeFixture): void {
  let count = 0;
  const hooksOf = async (): Promise<Hooks> => given((await fixture().open()).hooks);

  async function addRepository(name: string): Promise<ForgeRepositoryId> {
    const { changes } = fixture();
    const repository = await changes.addRepository(name);
    await changes.push(repository, 'branch', 'main', 'acme/hooked');
    return repository;
  }

  let hooked: Promise<ForgeRepositoryId> | undefined;
  /** Each hook has an address of its own, so that one repository has all of them. */
  async function placeOn(on: (typeof places)[number]): Promise<HookPlace> {
    if (on === 'organization') return { on };
    hooked ??= addRepository('hooked');
    return { on, repository: await hooked };
  }

  /** Installs a hook of ours at the place. */
  async function install(place: HookPlace) {
    const hooks = await hooksOf();
    count += 1;
    const url = `${given(fixture().hooks).url}/ours-${count}`;
    const secret = hooks.newSecret(Buffer.alloc(32, count));
    const hook = await hooks.ensure(place, { url, secret });
    return { hooks, url, secret, hook };
  }

  const found = async (hooks: Hooks, place: HookPlace, url: string): Promise<InstalledHook | undefined> =>
    (await hooks.list(place))?.find((one) => one.url === url);

  test.each(places)('a hook of the %s is listed as it was installed, once', async (on) => {
    const place = await placeOn(on);
    const { hooks, url, hook } = await install(place);
    expect(hook).toMatchObject({ url, state: 'working', isAsWanted: true });
    expect(await found(hooks, place, url)).toEqual(hook);
    await hooks.ensure(place, { url, secret: hooks.newSecret(Buffer.alloc(32, 1)) }, hook);
    expect((await hooks.list(place))?.filter((one) => one.url === url)).toHaveLength(1);
  });

  test.each(places)(
    'R26: deliveries of a hook of the %s carry its secret, also after a change',
    async (on) => {
      const place = await placeOn(on);
      const { hooks, url, secret, hook } = await install(place);
      const { webhooks } = given(fixture().deliveries);
      const verified = async (one: typeof secret): Promise<boolean> => {
        const [delivery] = await given(fixture().hooks).pushed(place, url);
        const { body, headers } = given(delivery);
        return webhooks.verify(Buffer.from(body), headers, one.reveal());
      };
      expect(await verified(secret)).toBe(true);
      const next = hooks.newSecret(Buffer.alloc(32, 99));
      await hooks.ensure(place, { url, secret: next }, hook);
      expect(await verified(next)).toBe(true);
      expect(await verified(secret)).toBe(false);
    },
  );

  test.each(places.flatMap((on) => spoiled.map((how) => [how, on] as const)))(
    'R22: a hook with %s on the %s is noticed and repaired',
    async (how, on) => {
      const place = await placeOn(on);
      const { hooks, url, secret, hook } = await install(place);
      await given(fixture().hooks).spoil(hook.id, how);
      const listed = given((await hooks.list(place))?.find(({ id }) => id === hook.id));
      const isFine = listed.isAsWanted && listed.state === 'working' && listed.url === url;
      expect(isFine).toBe(false);
      expect(await hooks.ensure(place, { url, secret }, listed)).toMatchObject({
        ...{ url, state: 'working', isAsWanted: true },
      });
      expect((await hooks.list(place))?.filter((one) => one.url === url)).toHaveLength(1);
    },
  );

  test.each(places)('a hook of the %s that is gone is installed again', async (on) => {
    const place = await placeOn(on);
    const { hooks, url, secret, hook } = await install(place);
    await hooks.remove(place, hook.id);
    await hooks.remove(place, hook.id);
    expect(await found(hooks, place, url)).toBeUndefined();
    await hooks.ensure(place, { url, secret }, hook);
    expect(await found(hooks, place, url)).toMatchObject({ state: 'working', isAsWanted: true });
  });

  test.each(places)("others' hooks of the %s are listed and stay", async (on) => {
    const place = await placeOn(on);
    const id = await given(fixture().hooks).addForeign(place);
    const { hooks, hook } = await install(place);
    const foreign = (await hooks.list(place))?.find((one) => one.id === id);
    expect(foreign).toBeDefined();
    await hooks.remove(place, hook.id);
    expect((await hooks.list(place))?.find((one) => one.id === id)).toEqual(foreign);
  });

  test('a repository that is gone has no hooks', async () => {
    const repository = await addRepository('hooked-and-gone');
    const place = { on: 'repository', repository } as const;
    const { hooks, hook } = await install(place);
    await fixture().changes.removeRepository(repository);
    expect(await hooks.list(place)).toBeUndefined();
    await hooks.remove(place, hook.id);
  });

  test('who may not manage hooks learns that', async () => {
    const place = await placeOn('repository');
    const hooks = await hooksOf();
    const secret = hooks.newSecret(Buffer.alloc(32));
    fixture().fault({ answers: 'forbidden' });
    const refused = await hooks.ensure(place, { url: given(fixture().hooks).url, secret }).catch((e) => e);
    expect(refused).toBeInstanceOf(ForgeError);
    expect(refused).toMatchObject({ code: 'insufficient-scope' });
  });
}
