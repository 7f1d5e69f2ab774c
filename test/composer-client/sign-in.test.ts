/** From signing in at the simulated GitHub to `composer require`, through the CDN and the shipped bundles: by pages and the API alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { composerVersion, createProject, type Project } from '../support/composer.ts';
import { compiledWithClient } from '../support/generated-client.ts';
import { peopleWorld } from '../support/people-world.ts';
import { promptly } from '../support/promptly.ts';
import { chooseOrganization, giveAccess, goOn, type SignedIn, signIn } from '../support/signed-in.ts';
import { type System, startSystem } from '../support/started.ts';

const integration = 'github~github.com';

const Metadata = z.object({
  packages: z.record(z.string(), z.array(z.object({ dist: z.object({ url: z.url() }) }))),
});

/** What the program of the generated client does. */
type ConnectFirst = (console: object, login: string) => Promise<string>;

describe.skipIf(composerVersion === undefined)('people who sign in', { timeout: 60_000 }, () => {
  let system: System;
  const projects: Project[] = [];
  beforeAll(async () => {
    system = await startSystem(peopleWorld());
  }, 240_000);
  afterAll(async () => {
    await system?.close();
    await Promise.all(projects.map((project) => project.remove()));
  });

  const get = (path: string, token: string): Promise<Response> =>
    fetch(`${system.registry}${path}`, { headers: { authorization: `Bearer ${token}` } });

  /** Whether the token reads the package, which a removed right answers like a package that does not exist. */
  async function reads(name: string, token: string): Promise<boolean> {
    const [slug] = name.split('/');
    const answer = await get(`/${slug}/p2/${name}.json`, token);
    await answer.arrayBuffer();
    expect([200, 401, 404]).toContain(answer.status);
    return answer.status === 200;
  }

  /** Composer requires the package by itself within the promised time. @returns the project */
  async function requires(name: string, token: string): Promise<Project> {
    const project = await createProject(`${system.registry}/${name.split('/')[0]}`, token);
    projects.push(project);
    await promptly(system, async () => {
      const { code, output } = await project.run('require', name);
      expect(code === 0 ? '' : output).toBe('');
    });
    return project;
  }

  /** Composer on a machine that has never seen the registry, in a project that was installed elsewhere. */
  async function cannotUpdate(project: Project, reason: RegExp): Promise<void> {
    await project.forgetCache();
    await project.forgetInstalled();
    const { code, output } = await project.run('update');
    expect(code).not.toBe(0);
    expect(output).toMatch(reason);
  }

  /** What the edge answers, with the reason for a refusal. */
  async function answerTo(path: string, token: string): Promise<{ status: number; warning?: string }> {
    const answer = await get(path, token);
    const body = await answer.arrayBuffer();
    const { status } = answer;
    return status === 200 ? { status } : { status, ...JSON.parse(Buffer.from(body).toString('utf8')) };
  }

  async function ownToken(person: SignedIn): Promise<string> {
    const { status, body } = await person.ask('POST', '/me/tokens', { description: 'Composer' });
    expect(status).toBe(201);
    return body.secret;
  }

  const slugsOf = async (person: SignedIn): Promise<string[]> =>
    (await person.ask('GET', '/me')).body.organizations.map(({ slug }: { slug: string }) => slug);

  it('connect the first organization of their own with a client that was generated from the document', async () => {
    const administrator = await signIn(system, system.administrator ?? '');
    const { headers } = await administrator.ask('GET', '/installation/settings');
    const change = { signIn: 'anyone' };
    const match = { 'if-match': headers.get('etag') ?? '' };
    expect((await administrator.ask('PATCH', '/installation/settings', change, match)).status).toBe(200);

    const program = 'first-organization.ts';
    expect(await compiledWithClient(new URL(`${system.console}/api/v1/openapi.json`), program)).toEqual([]);
    // Not by its name: the project's compiler would look for types that are not there before.
    const { href } = new URL(`../generated-client/${program}`, import.meta.url);
    const { connectFirstOrganization } = (await import(/* @vite-ignore */ href)) as {
      connectFirstOrganization: ConnectFirst;
    };
    const rita = await signIn(system, 'rita');
    await chooseOrganization(system, rita);
    const console = {
      baseUrl: system.console,
      headers: rita.headers,
      giveAccess: (installUrl: string) => giveAccess(rita, installUrl),
    };
    await requires('rocket/engine', await connectFirstOrganization(console, 'rocket'));
  });

  it('make an empty organization, and switch its synchronization on later', async () => {
    const sam = await signIn(system, 'sam');
    const empty = { slug: 'studio', ownedVendors: ['studio'] };
    expect((await sam.ask('POST', '/organizations', empty)).status).toBe(201);
    const token = await ownToken(sam);
    const choice = { integration, returnTo: '/connect' };
    const begun = await sam.ask('POST', '/me/forge-organizations/choices', choice);
    expect(await goOn(sam, begun, 'sam')).toBe(`${system.console}/connect?outcome=done`);
    const offered = async () =>
      (await sam.ask('GET', `/me/forge-organizations?integration=${integration}`)).body.items.find(
        ({ login }: { login: string }) => login === 'studio',
      );
    await giveAccess(sam, (await offered()).installUrl);
    const { id: organization, state } = await offered();
    expect(state).toBe('ready');
    const from = { integration, organization, repositories: 'all' };
    expect((await sam.ask('POST', '/organizations/studio/synchronizations', from)).status).toBe(201);
    await requires('studio/brush', token);
  });

  it('link a second account, whose rights are theirs until they unlink it', async () => {
    const ann = await signIn(system, 'ann');
    const token = await ownToken(ann);
    await promptly(system, async () => expect(await reads('acme/billing', token)).toBe(true));
    expect([await slugsOf(ann), await reads('rocket/engine', token)]).toEqual([['acme'], false]);

    const link = { integration, returnTo: '/tokens' };
    const begun = await ann.ask('POST', '/me/accounts/links', link);
    expect(await goOn(ann, begun, 'ann-private')).toBe(`${system.console}/tokens?outcome=done`);
    expect(await slugsOf(ann)).toEqual(['acme', 'rocket']);
    await requires('rocket/engine', token);
    expect(await reads('acme/billing', token)).toBe(true);

    const { accounts: linked } = (await ann.ask('GET', '/me')).body;
    const { forge, baseUrl, account } = linked.find(
      ({ login }: { login: string }) => login === 'ann-private',
    );
    const unlinked = await ann.ask('POST', '/me/accounts/unlink', { forge, baseUrl, account });
    expect(unlinked.status).toBe(204);
    await promptly(system, async () => expect(await reads('rocket/engine', token)).toBe(false));
    expect([await slugsOf(ann), await reads('acme/billing', token)]).toEqual([['acme'], true]);
  });

  it('lose what their own token reads, and the organization, once they are removed at the code host', async () => {
    const bob = await signIn(system, 'bob');
    const token = await ownToken(bob);
    const project = await requires('acme/billing', token);
    await system.gitHub.changes.run('remove-organization-member', { organization: 'acme', user: 'bob' });
    await promptly(system, async () => expect(await reads('acme/billing', token)).toBe(false));
    await cannotUpdate(project, /acme\/billing, it could not be found/);
    expect(await slugsOf(bob)).toEqual([]);
    expect((await bob.ask('GET', '/organizations/acme')).status).toBe(404);
  });

  it('rotate and revoke a token of their own: the edge refuses it at once, also for what it has cached', async () => {
    const ann = await signIn(system, 'ann');
    const made = (await ann.ask('POST', '/me/tokens', { description: 'Laptop' })).body;
    await requires('acme/billing', made.secret);
    const metadata = '/acme/p2/acme/billing.json';
    const { packages } = Metadata.parse(await (await get(metadata, made.secret)).json());
    const archive = new URL(packages['acme/billing']?.[0]?.dist.url ?? '').pathname;
    const paths = ['/acme/packages.json', metadata, archive];
    const answersTo = (token: string) => Promise.all(paths.map((path) => answerTo(path, token)));
    const read = paths.map(() => ({ status: 200 }));
    const refused = paths.map(() => ({ status: 401, warning: expect.stringContaining('was revoked') }));

    const rotated = await ann.ask('POST', `/me/tokens/${made.id}/rotate`, {});
    expect(rotated.status).toBe(201);
    await promptly(system, async () => expect(await answersTo(made.secret)).toEqual(refused), 2_000);
    await promptly(system, async () => expect(await answersTo(rotated.body.secret)).toEqual(read), 2_000);
    expect((await ann.ask('DELETE', `/me/tokens/${made.id}`)).status).toBe(204);
    await promptly(system, async () => expect(await answersTo(rotated.body.secret)).toEqual(refused), 2_000);
    const kept = await get(archive, system.token('alice'));
    expect([kept.status, kept.headers.get('x-cache')]).toEqual([200, 'Hit from cloudfront']);
  });

  it('make a token on the first page and install with it, until an owner stops access', async () => {
    const ann = await signIn(system, 'ann');
    const home = await ann.browser.visit(`${system.console}/`);
    expect(home.html).toContain(`${system.registry}/acme`);
    const { html } = await ann.browser.press(home, ['description', 'Composer']);
    const token = /rprt_u_[0-9a-f]+/.exec(html)?.[0] ?? '';
    expect(html).toContain('Your new token');
    const project = await requires('acme/billing', token);

    const owner = await signIn(system, system.administrator ?? '');
    const stop = { why: 'a leak' };
    expect((await ann.ask('POST', '/organizations/acme/stop-access', stop)).status).toBe(403);
    expect((await owner.ask('POST', '/organizations/acme/stop-access', stop)).status).toBeLessThan(300);
    await promptly(system, async () => expect(await reads('acme/billing', token)).toBe(false), 2_000);
    await cannotUpdate(project, /An owner has stopped all access to this organization/);
  });

  it('are answered by the API through the CDN alone', async () => {
    const ann = await signIn(system, 'ann');
    expect((await ann.ask('GET', '/me')).status).toBe(200);
    const direct = await fetch(`${system.cloud.addresses.httpApi}/api/v1/me`);
    expect(direct.status).toBe(403);
    // Archives are for whom the edge function lets pass, and it runs on the registry's host alone.
    const dist = await fetch(`${system.console}/dists/acme/1/${'a'.repeat(40)}.zip`);
    expect([dist.status, await dist.text()]).toEqual([403, expect.not.stringContaining('acme/')]);
    const anonymous = await fetch(`${system.console}/api/v1/me`);
    expect(z.object({ code: z.string() }).parse(await anonymous.json()).code).toBe('unauthenticated');
  });
});
