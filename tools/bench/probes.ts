/** How soon a change on the forge shows to who installs, as his next requests find it. */

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { effectivePermission } from '../../local/forges/github/api/rights.ts';
import type { GitHubState, Repository, Team } from '../../local/forges/github/state.ts';
import type { StartedMember } from '../../local/start/people.ts';
import type { Started } from '../../local/start/start.ts';
import { gitHubTraits } from '../../shared/forge/github/traits.ts';

/** Runs one probe so that what it costs can be told apart from the others. */
export type Phase = (name: string, probe: () => Promise<number>) => Promise<void>;

/** A member who reads a package by one team alone. */
export interface Reader {
  readonly member: StartedMember;
  readonly team: string;
  readonly repository: string;
  readonly packageName: string;
}

const lookMs = 20;
const giveUpMs = 60_000;

const File = z.object({
  packages: z.record(
    z.string(),
    z.array(z.object({ version: z.string().optional(), dist: z.object({ url: z.string() }).optional() })),
  ),
});

/** @throws Error when a change does not show within a minute */
export async function runProbes(
  { cloud, gitHub, admin, organizations }: Started,
  reader: Reader,
  round: number,
  phase: Phase,
): Promise<void> {
  const [organization] = organizations;
  if (organization === undefined) throw new Error('no organization is connected');
  const { slug, url } = organization;
  const { member, team, repository, packageName } = reader;
  const get = (address: string, token = member.token): Promise<Response> =>
    fetch(address, { redirect: 'manual', headers: { authorization: `Bearer ${token}` } });
  const statusOf = async (address: string, token?: string): Promise<number> => {
    const answer = await get(address, token);
    await answer.arrayBuffer();
    return answer.status;
  };
  const distOf = async (version?: string): Promise<string | undefined> => {
    const answer = await get(`${url}/p2/${packageName}.json`);
    if (answer.status !== 200) return (await answer.arrayBuffer()) && undefined;
    const versions = File.parse(await answer.json()).packages[packageName] ?? [];
    return versions.find((one) => version === undefined || one.version === version)?.dist?.url;
  };
  const tag = `v90.0.${round}`;
  let dist = '';

  await phase('pushed tag → installable', () =>
    took(
      () => gitHub.changes.pushVersions(repository, [tag]),
      async () => {
        dist = (await distOf(tag)) ?? '';
        return dist !== '' && (await statusOf(dist)) === 200;
      },
    ),
  );
  await phase('download counted', () =>
    took(
      async () => {
        const body = JSON.stringify({ downloads: [{ name: packageName, version: '90.0.0.0' }] });
        const headers = { authorization: `Bearer ${member.token}`, 'content-type': 'application/json' };
        await fetch(new URL('/downloads', url), { method: 'POST', headers, body });
      },
      async () => true,
    ),
  );
  const imported = (await distsOf(get, url, packageName)).at(-1 - round);
  if (imported !== undefined) {
    await phase('first download of an imported version', () =>
      took(
        async () => {},
        async () => (await statusOf(imported)) === 200,
      ),
    );
  }
  await phase('team member removed → refused', () =>
    took(
      () => gitHub.changes.run('remove-team-member', { team, user: member.login }),
      async () => (await statusOf(dist)) === 404,
    ),
  );
  // A right that was just taken away waits for a read that cannot lag behind that; this is about one that was not.
  await cloud.clock.advance(gitHubTraits.lagMs + 1000);
  await phase('team member added → served', () =>
    took(
      () => gitHub.changes.run('add-team-member', { team, user: member.login }),
      async () => (await statusOf(dist)) === 200,
    ),
  );
  const issue = { organization: slug, for: { kind: 'organization' }, description: 'made by npm run bench' };
  const issued = z
    .object({ id: z.string(), token: z.string() })
    .parse(await admin.invoke('issue-token', issue));
  await until(async () => (await statusOf(dist, issued.token)) === 200);
  await phase('token revoked → refused', () =>
    took(
      () => admin.invoke('revoke-token', { organization: slug, id: issued.id }),
      async () => (await statusOf(dist, issued.token)) === 401,
    ),
  );
}

/** The member with a token, and the package, for whom one team decides; undefined if no team of this world does. */
export function findReader(
  { gitHub: { state }, organizations }: Started,
  packages: readonly { readonly name: string; readonly repository: string }[],
): Reader | undefined {
  for (const member of organizations[0]?.members ?? []) {
    const user = [...state.users.values()].find(({ login }) => login === member.login);
    for (const team of state.teams.values()) {
      if (user === undefined || !team.members.has(user.id)) continue;
      for (const { name, repository: path } of packages) {
        const repository = [...state.repositories.values()].find((one) => path.endsWith(`/${one.name}`));
        if (repository && isByThisTeam(state, repository, user.id, team)) {
          return { member, team: team.slug, repository: repository.name, packageName: name };
        }
      }
    }
  }
  return undefined;
}

function isByThisTeam(state: GitHubState, repository: Repository, userId: number, team: Team): boolean {
  if (effectivePermission(state, repository, userId) === undefined) return false;
  const without = { ...team, members: new Map([...team.members].filter(([id]) => id !== userId)) };
  const teams = new Map(state.teams).set(team.id, without);
  return effectivePermission({ ...state, teams }, repository, userId) === undefined;
}

/** Milliseconds from before the change until it shows. */
async function took(change: () => Promise<unknown>, isThere: () => Promise<boolean>): Promise<number> {
  const start = performance.now();
  await change();
  await until(isThere);
  return performance.now() - start;
}

async function until(isThere: () => Promise<boolean>): Promise<void> {
  const giveUp = performance.now() + giveUpMs;
  while (!(await isThere())) {
    if (performance.now() > giveUp) throw new Error('a change does not show within a minute');
    await sleep(lookMs);
  }
}

/** Addresses of its archives, the newest version's first. */
async function distsOf(
  get: (address: string) => Promise<Response>,
  url: string,
  packageName: string,
): Promise<string[]> {
  const answer = await get(`${url}/p2/${packageName}.json`);
  const versions = File.parse(await answer.json()).packages[packageName] ?? [];
  return versions.flatMap(({ dist }) => (dist === undefined ? [] : [dist.url]));
}
