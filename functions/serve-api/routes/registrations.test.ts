import { describe, expect, it } from 'vitest';
import { parseIntegrations } from '../../../shared/forge/integrations.ts';
import { changeInstallationSettings } from '../../../shared/store/installation-settings.ts';
import { registeredApp } from '../../../test/support/api-forges.ts';
import { registrationOf } from '../../../test/support/api-organization-examples.ts';
import { type ApiWorld, createApiWorld, type Person, userOf } from '../../../test/support/api-world.ts';

const path = '/installation/registrations';
const baseUrl = 'https://git.example';
const begin = (world: ApiWorld, host = baseUrl) =>
  world.ask('administrator', { method: 'POST', path, body: registrationOf(host) });

async function begun(world: ApiWorld): Promise<string> {
  const { body } = await begin(world);
  return new URL(body.action).searchParams.get('state') ?? '';
}
const complete = (world: ApiWorld, state: string, person: Person = 'administrator') =>
  world.ask(person, { method: 'POST', path: `${path}/complete`, body: { code: 'c0de', state } });

describe('the registration of this installation at a code host', () => {
  it('is one form, and what comes back becomes an integration', async () => {
    const world = await createApiWorld();
    const { status, body } = await begin(world);
    expect([status, body.action]).toEqual([
      201,
      expect.stringMatching(/^https:\/\/git\.example\/.*\?state=[\w-]{43}$/),
    ]);
    const state = new URL(body.action).searchParams.get('state') ?? '';
    const done = await complete(world, state);
    expect([done.status, done.text]).toEqual([200, expect.stringMatching(/^\{"key":"\w+~git\.example"\}$/)]);
    const [integration] = parseIntegrations(world.forges.text).valid;
    expect(integration).toMatchObject({ settings: { baseUrl }, secrets: { privateKey: registeredApp.pem } });
    // Nothing of it is anywhere but in the secret.
    expect(JSON.stringify([...world.table.dump()])).not.toMatch(
      /private-key|client-secret|webhook-secret|c0de/,
    );
    expect(JSON.stringify([...world.table.dump()])).not.toContain(state);
    expect((await begin(world)).status).toBe(409);
  });

  it('is completed once, within the hour, and by whoever began it', async () => {
    const world = await createApiWorld();
    const state = await begun(world);
    const administrators = [userOf('administrator'), userOf('stranger')];
    await world.table.transact([changeInstallationSettings({ version: 1 }, { administrators })]);
    expect((await complete(world, state, 'stranger')).status).toBe(422);
    expect((await complete(world, `${state}x`)).status).toBe(422);
    expect(world.forges.text).toBe('[]');
    expect((await complete(world, state)).status).toBe(200);
    const text = world.forges.text;
    expect((await complete(world, state)).status).toBe(422);
    expect(world.forges.text).toBe(text);
  });

  it('is over after an hour', async () => {
    const world = await createApiWorld();
    const state = await begun(world);
    world.advance(3600_000);
    await world.signIn('administrator');
    expect((await complete(world, state)).status).toBe(422);
  });

  it.each(['{}', 'no json'])('writes over no secret that is no list: %s', async (text) => {
    const world = await createApiWorld();
    world.forges.text = text;
    expect((await begin(world)).status).toBe(409);
    expect(world.forges.text).toBe(text);
  });

  it('is refused where the code host has no form, and for no address', async () => {
    const world = await createApiWorld();
    const body = { ...registrationOf(baseUrl), forge: 'other' };
    expect((await world.ask('administrator', { method: 'POST', path, body })).status).toBe(422);
    expect((await begin(world, 'file:///etc/passwd')).status).toBe(422);
  });
});
