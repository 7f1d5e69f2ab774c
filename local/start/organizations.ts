/** Connects the simulated GitHub's organizations through the API, as an owner would, and waits for what comes of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Cloud } from '../cloud/cloud.ts';
import type { GitHubSimulator } from '../forges/github/simulator.ts';
import type { Organization as SimulatedOrganization } from '../forges/github/state.ts';
import type { AdminClient } from './admin-client.ts';
import { manifestsOf, vendorsOf } from './manifests.ts';
import type { StartedMember, StartedPerson } from './people.ts';
import type { Counts, Progress } from './progress.ts';
import { gitHubHost } from './set-up.ts';
import type { Tokens } from './state-folder.ts';

/** Time-out of the first synchronization. */
const readyMs = 10 * 60_000;
/** After this time, the progress says what it is waiting for. */
const patienceMs = 25_000;
/** At most this many members get a token. */
const tokensMax = 10;

export const Described = z.object({
  organizations: z.array(z.object({ slug: z.string() })),
  unclaimedInstallations: z.array(z.object({ installation: z.string(), login: z.string() })),
});

export async function connect(
  admin: AdminClient,
  gitHub: GitHubSimulator,
  organization: SimulatedOrganization,
  repositories: 'all' | readonly string[],
  progress: Progress,
  idle: Cloud['idle'],
): Promise<void> {
  const slug = organization.login.toLowerCase();
  const before = Described.parse(await admin.invoke('describe-organization', {}));
  for (const known of before.organizations) {
    if ((await simulatedOf(admin, gitHub, known.slug))?.id === organization.id) {
      progress.step(`${known.slug}: connected in an earlier run`);
      return;
    }
  }
  const isInstalled = [...gitHub.state.installations.values()].some(
    (installation) => installation.organizationId === organization.id,
  );
  if (!isInstalled) {
    await gitHub.changes.run('install-app', {
      organization: organization.login,
      repositories: repositories === 'all' ? 'all' : [...repositories],
    });
    await gitHub.idle();
    await idle({ timeoutMs: readyMs });
  }
  const installation = await until(async () => {
    const described = Described.parse(await admin.invoke('describe-organization', {}));
    return described.unclaimedInstallations.find(({ login }) => login === organization.login)?.installation;
  }, `no webhook arrived for the installation of the App on ${organization.login}`);
  await admin.invoke('connect-organization', {
    slug,
    name: organization.name,
    ...gitHubHost,
    installation,
    repositories: 'all',
    ownedVendors: vendorsOf(await manifestsOf(gitHub.state, organization.id)),
  });
  progress.step(`${slug}: connected`);
}

/** The simulated organization of one of ours, found by installation, since its login may have changed. */
export async function simulatedOf(
  admin: AdminClient,
  gitHub: GitHubSimulator,
  slug: string,
): Promise<SimulatedOrganization | undefined> {
  const status = Status.parse(await admin.invoke('describe-organization', { slug }));
  const installations = new Set(status.synchronizations.map(({ installation }) => installation));
  const found = [...gitHub.state.installations.values()].find(({ id }) => installations.has(String(id)));
  return found && gitHub.state.organizations.get(found.organizationId);
}

const Status = z.object({
  accessStoppedSince: z.string().optional(),
  // Those of other forges have none.
  synchronizations: z.array(z.object({ installation: z.string().optional() })),
  tokens: z.array(z.object({ id: z.string(), state: z.string() })),
  counts: z.object({
    members: z.number(),
    teams: z.number(),
    repositories: z.number(),
    packages: z.record(z.string(), z.number()),
    versions: z.number(),
  }),
  pending: z.object({ total: z.number() }),
});

/** While work goes on, what is there is looked at no more often: the look takes time from the work. */
const lookMs = 1_000;

/**
 * Waits until no work is pending, and shows the progress.
 *
 * @param idle resolves when the cloud has nothing to do
 */
export async function synchronized(
  admin: AdminClient,
  slug: string,
  progress: Progress,
  idle: Cloud['idle'],
): Promise<void> {
  // Twice in a row: work that requests itself again (a view, its edge keys, the view again) can be missed once.
  let quiet = 0;
  const started = Date.now();
  let patient = true;
  let idling: Promise<unknown> | undefined;
  await until(async () => {
    idling ??= idle({ timeoutMs: readyMs })
      .catch(() => undefined)
      .finally(() => {
        idling = undefined;
      });
    await Promise.race([idling, sleep(lookMs)]);
    const { counts, pending } = Status.parse(await admin.invoke('describe-organization', { slug }));
    progress.counts(slug, countsOf(counts));
    if (patient && Date.now() - started > patienceMs) {
      patient = false;
      progress.step(`${slug}: still waiting for ${pending.total} work items`);
    }
    quiet = pending.total === 0 ? quiet + 1 : 0;
    return quiet >= 2 ? true : undefined;
  }, `the synchronization of ${slug} does not finish; npm run admin -- status ${slug} shows its state`);
}

const countsOf = (counts: z.infer<typeof Status>['counts']): Counts => ({
  ...counts,
  packages: counts.packages.available ?? 0,
});

const Issued = z.object({ id: z.string(), token: z.string() });

/** A token for each member and outside collaborator; those of earlier runs are reused. */
export async function giveTokens(
  admin: AdminClient,
  everybody: readonly StartedPerson[],
  slug: string,
  tokens: Tokens,
): Promise<StartedMember[]> {
  const people = everybody.slice(0, tokensMax);
  const { tokens: known } = Status.parse(await admin.invoke('describe-organization', { slug }));
  const revoked = new Set(known.filter(({ state }) => state === 'revoked').map(({ id }) => id));
  const members: StartedMember[] = [];
  for (const { login, role } of people) {
    const key = `${slug}/${login}`;
    let own = tokens[key];
    if (!own || revoked.has(own.id)) {
      own = Issued.parse(
        await admin.invoke('issue-token', {
          organization: slug,
          for: { kind: 'member', login },
          description: 'made by npm start',
          expiresAt: null,
        }),
      );
      tokens[key] = { id: own.id, token: own.token };
    }
    members.push({ login, role, token: own.token });
  }
  return members;
}

/** Whether access to the organization is open: an owner may have stopped it in an earlier run. */
export async function isOpen(admin: AdminClient, slug: string, progress: Progress): Promise<boolean> {
  const { accessStoppedSince } = Status.parse(await admin.invoke('describe-organization', { slug }));
  if (accessStoppedSince !== undefined) {
    progress.step(`${slug}: access is stopped; npm run admin -- status ${slug} shows since when and why`);
  }
  return accessStoppedSince === undefined;
}

/** Waits until the registry accepts the token, so that the printed commands work. */
export async function accepted(url: string, { login, token }: StartedMember): Promise<void> {
  await until(async () => {
    const answer = await fetch(`${url}/packages.json`, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    return answer.status === 200 ? true : undefined;
  }, `the registry does not accept the token of ${login}`);
}

async function until<Value>(look: () => Promise<Value | undefined>, otherwise: string): Promise<Value> {
  const giveUp = Date.now() + readyMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) {
      return value;
    }
    if (Date.now() > giveUp) {
      throw new Error(otherwise);
    }
    await sleep(150);
  }
}
