/** What a synchronization reads its code host with is replaced by what its owner has there now. */
import { CallerError } from '../domain/caller-error.ts';
import { installationOf } from '../domain/connection.ts';
import type { InstallationId, UserId } from '../domain/ids.ts';
import { namesIn } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { integrationKeyOf } from '../forge/integration-key.ts';
import { findIntegration } from '../forge/integrations.ts';
import { traitsOf } from '../forge/modules.ts';
import {
  claimInstallation,
  findInstallation,
  listInstallations,
  retireInstallation,
} from '../store/installation-store.ts';
import { useConnection } from '../store/synchronization-store.ts';
import type { Operation, Table } from '../store/table.ts';
import { requestWork } from '../store/work.ts';
import { scopeWork } from '../store/work-items.ts';
import { activeInstallation, transactClaims } from './connect-organization.ts';
import type { CreateOrganizationDependencies } from './create-organization.ts';
import { ownedForConnecting } from './granted-forge.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

/**
 * Replaces the connection by another one to the same organization. Facts, rights and packages stay; everything is read again with the new one,
 * under the removal guard.
 *
 * @param user undefined: the operator, who takes the installation that deliveries have announced
 * @throws CallerError when there is no other connection, it is another organization's, or it does not work
 * @throws ProblemError as `ownedForConnecting`
 */
export async function replaceConnection(
  dependencies: CreateOrganizationDependencies,
  synchronization: Synchronization,
  user: UserId | undefined,
  accountable: Accountable,
): Promise<void> {
  const { table, workQueue, clock, forges } = dependencies;
  const { id, organization, forge, baseUrl, forgeOrganization, login } = synchronization;
  const host = { forge, baseUrl };
  const integration = findIntegration(await forges.integrations(), integrationKeyOf(host));
  if (integration === undefined) {
    throw new CallerError('conflict', `there is no integration for ${baseUrl}`);
  }
  const { candidates, endGrant } =
    user === undefined
      ? { candidates: await announced(table, synchronization), endGrant: [] }
      : await granted(dependencies, user, synchronization);
  const { connection, installation, known, there } = await firstActive(
    candidates,
    login,
    async (candidate) => {
      const used = { kind: 'app-installation', installation: candidate } as const;
      const stored = await findInstallation(table, { ...host, installation: candidate });
      const open = async () => (await forges.open({ integration, connection: used })).structure;
      const owner = await activeInstallation(open, candidate, stored, id);
      if (owner.id !== forgeOrganization) {
        throw new CallerError('conflict', `${owner.login} is another organization than ${login}`);
      }
      return { connection: used, installation: candidate, known: stored, there: owner };
    },
  );
  const workItems = namesIn(traitsOf(forge).scopes).map((scope) => scopeWork(organization, id, scope));
  const now = clock.now();
  await transactClaims(
    table,
    [
      [
        claimInstallation({ ...host, installation }, there, { organization, synchronization: id }, known),
        'another synchronization is read with it',
      ],
      [useConnection(id, connection), 'the synchronization was ended at the same moment'],
    ],
    [
      ...(await retired(table, synchronization)),
      ...workItems.map((workItem) => requestWork(workItem, now, { cause: 'connected' })),
      ownerAct(dependencies, organization, accountable, 'replace-connection', login, {
        before: { ...synchronization.connection },
        after: connection,
      }),
      ...endGrant,
    ],
  );
  await workQueue.send(workItems.map(({ message }) => message));
}

/** Takes the first candidate that passes the check. @throws CallerError as the last one that was refused */
async function firstActive<Checked>(
  candidates: readonly InstallationId[],
  login: string,
  check: (candidate: InstallationId) => Promise<Checked>,
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

interface Others {
  readonly candidates: readonly InstallationId[];
  readonly endGrant: readonly Operation[];
}

/** What the person has on the code host, by its own word. */
async function granted(
  dependencies: CreateOrganizationDependencies,
  user: UserId,
  { forge, baseUrl, forgeOrganization, connection: current, login }: Synchronization,
): Promise<Others> {
  const { organization, endGrant } = await ownedForConnecting(dependencies, user, {
    integration: integrationKeyOf({ forge, baseUrl }),
    organization: forgeOrganization,
  });
  const installation = installationOf(organization.connection);
  if (installation === undefined) {
    throw new CallerError('conflict', `${login} cannot be connected with what you granted`);
  }
  return { candidates: installation === installationOf(current) ? [] : [installation], endGrant };
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

async function retired(
  table: Table,
  { id, forge, baseUrl, connection }: Synchronization,
): Promise<readonly Operation[]> {
  const installation = installationOf(connection);
  const before =
    installation === undefined ? undefined : await findInstallation(table, { forge, baseUrl, installation });
  return before === undefined ? [] : retireInstallation(before, id);
}
