/** What a synchronization reads its code host with is replaced by what its owner has there now. */
import { CallerError } from '../domain/caller-error.ts';
import { installationOf } from '../domain/connection.ts';
import type { InstallationId, UserId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { ConnectionNotes } from '../forge/connecting.ts';
import { integrationKeyOf } from '../forge/integration-key.ts';
import { findIntegration } from '../forge/integrations.ts';
import { endCredential } from '../store/connection-credentials.ts';
import { listInstallations, retireInstallation } from '../store/installation-store.ts';
import { useConnection } from '../store/synchronization-store.ts';
import type { Operation, Table } from '../store/table.ts';
import { requestWork } from '../store/work.ts';
import {
  activeConnection,
  connectedWork,
  installationClaims,
  installedAs,
  transactClaims,
} from './connect-organization.ts';
import { type CreateOrganizationDependencies, grantUsed, opening } from './create-organization.ts';
import {
  type EnteredTokens,
  type ForConnecting,
  installedForConnecting,
  noNotes,
  ownedForConnecting,
} from './for-connecting.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

/**
 * Replaces the connection by another one to the same organization, of the same kind or another. Facts, rights and packages stay; everything is read
 * again with the new one, under the removal guard.
 *
 * @param user undefined: the operator, who takes the installation that deliveries have announced, or an access token
 * @returns what is to be known of the new connection
 * @throws CallerError when there is no other connection, it is another organization's, or it does not work
 * @throws ProblemError as `ownedForConnecting`
 */
export async function replaceConnection(
  dependencies: CreateOrganizationDependencies,
  synchronization: Synchronization,
  user: UserId | undefined,
  tokens: EnteredTokens,
  accountable: Accountable,
): Promise<ConnectionNotes> {
  const { table, workQueue, clock, forges } = dependencies;
  const { id, organization, forge, forgeOrganization, login, connection: before } = synchronization;
  const { taken, known, there } = await firstActive(
    await candidatesFor(dependencies, synchronization, user, tokens),
    login,
    async (candidate) => {
      const stored = await installedAs(table, candidate.host, candidate.connection);
      // An installation says whose it is; of what reads many organizations the right one is asked for.
      const open = opening(forges, candidate, clock.now());
      const owner = await activeConnection(open, candidate.connection, stored, id);
      if (owner.id !== forgeOrganization) {
        throw new CallerError('conflict', `${owner.login} is another organization than ${login}`);
      }
      return { taken: candidate, known: stored, there: owner };
    },
  );
  const { host, connection } = taken;
  const workItems = connectedWork({ forge }, organization, id);
  const now = clock.now();
  await transactClaims(
    table,
    [
      ...installationClaims({ host, connection, known }, there, { organization, synchronization: id }),
      [useConnection(id, connection, before), 'the synchronization was changed at the same moment'],
    ],
    [
      ...(await retired(table, synchronization, now)),
      ...workItems.map((workItem) => requestWork(workItem, now, { cause: 'connected' })),
      ownerAct(dependencies, organization, accountable, 'replace-connection', login, {
        before: { ...before },
        after: { ...connection },
      }),
      ...(await grantUsed(dependencies, taken)),
    ],
  );
  await workQueue.send(workItems.map(({ message }) => message));
  return taken.notes;
}

/** Takes the first candidate that passes the check. @throws CallerError as the last one that was refused */
async function firstActive<Checked>(
  candidates: readonly ForConnecting[],
  login: string,
  check: (candidate: ForConnecting) => Promise<Checked>,
): Promise<Checked> {
  let refusal = new CallerError(
    'conflict',
    `${login} has no other connection: install the App there anew first`,
  );
  for (const candidate of candidates) {
    try {
      return await check(candidate);
    } catch (error) {
      if (!(error instanceof CallerError)) {
        throw error;
      }
      refusal = error;
    }
  }
  throw refusal;
}

/** What it may be read with instead: what the person has on the code host, by its own word; for the operator what deliveries announced. */
async function candidatesFor(
  dependencies: CreateOrganizationDependencies,
  synchronization: Synchronization,
  user: UserId | undefined,
  tokens: EnteredTokens,
): Promise<readonly ForConnecting[]> {
  const { forge, baseUrl, forgeOrganization, login, connection: current } = synchronization;
  const key = integrationKeyOf({ forge, baseUrl });
  const integration = findIntegration(await dependencies.forges.integrations(), key);
  if (integration === undefined) {
    throw new CallerError('conflict', `there is no integration for ${baseUrl}`);
  }
  const chosen = { integration: key, organization: forgeOrganization, ...tokens };
  if (user !== undefined) {
    const owned = await ownedForConnecting(dependencies, user, chosen, '');
    const installation = installationOf(owned.connection);
    return installation !== undefined && installation === installationOf(current) ? [] : [owned];
  }
  if (tokens.accessToken !== undefined) {
    return [await installedForConnecting(dependencies, chosen, '')];
  }
  const about = { integration, host: { forge, baseUrl }, id: forgeOrganization, login };
  return (await announced(dependencies.table, synchronization)).map((installation) => ({
    ...about,
    ...{ connection: { kind: 'app-installation', installation }, credential: undefined },
    ...{ notes: noNotes, grantUsed: [] },
  }));
}

/** The installations that deliveries have announced for the organization and no other synchronization uses. */
async function announced(
  table: Table,
  { id, forge, baseUrl, forgeOrganization, connection: current }: Synchronization,
): Promise<readonly InstallationId[]> {
  return (await listInstallations(table))
    .filter(
      (one) =>
        one.forge === forge &&
        one.baseUrl === baseUrl &&
        one.forgeOrganization === forgeOrganization &&
        one.status === 'active' &&
        (one.synchronization === undefined || one.synchronization === id) &&
        one.installation !== installationOf(current),
    )
    .map(({ installation }) => installation);
}

/** The end of the connection that is replaced. */
async function retired(
  table: Table,
  synchronization: Synchronization,
  now: number,
): Promise<readonly Operation[]> {
  const { id, forge, baseUrl, connection } = synchronization;
  if ('id' in connection) {
    return endCredential(table, synchronization, now);
  }
  const before =
    connection.kind === 'of-repositories'
      ? undefined
      : await installedAs(table, { forge, baseUrl }, connection);
  return before === undefined ? [] : retireInstallation(before, id);
}
