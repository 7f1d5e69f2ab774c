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
  releaseInstallation,
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
  const found =
    user === undefined
      ? { installation: await announced(table, synchronization), endGrant: [] }
      : await granted(dependencies, user, synchronization);
  const { installation } = found;
  const connection = { kind: 'app-installation', installation } as const;
  const integration = findIntegration(await forges.integrations(), integrationKeyOf(host));
  if (integration === undefined) {
    throw new CallerError('conflict', `there is no integration for ${baseUrl}`);
  }
  const known = await findInstallation(table, { ...host, installation });
  const open = async () => (await forges.open({ integration, connection })).structure;
  const there = await activeInstallation(open, installation, known);
  if (there.id !== forgeOrganization) {
    throw new CallerError('conflict', `${there.login} is another organization than ${login}`);
  }
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
      ...(await released(table, synchronization)),
      ...workItems.map((workItem) => requestWork(workItem, now, { cause: 'connected' })),
      ownerAct(dependencies, organization, accountable, 'replace-connection', login, {
        before: { ...synchronization.connection },
        after: connection,
      }),
      ...found.endGrant,
    ],
  );
  await workQueue.send(workItems.map(({ message }) => message));
}

interface Other {
  readonly installation: InstallationId;
  readonly endGrant: readonly Operation[];
}

/** What the person has on the code host, by its own word. */
async function granted(
  dependencies: CreateOrganizationDependencies,
  user: UserId,
  { forge, baseUrl, forgeOrganization, connection: current, login }: Synchronization,
): Promise<Other> {
  const { organization, endGrant } = await ownedForConnecting(dependencies, user, {
    integration: integrationKeyOf({ forge, baseUrl }),
    organization: forgeOrganization,
  });
  const installation = installationOf(organization.connection);
  if (installation === undefined) {
    throw new CallerError('conflict', `${login} cannot be connected with what you granted`);
  }
  return { installation: other(installation, current, login), endGrant };
}

/** The installation that deliveries have announced for the organization. */
async function announced(
  table: Table,
  { forge, baseUrl, forgeOrganization, connection: current, login }: Synchronization,
): Promise<InstallationId> {
  const found = (await listInstallations(table)).find(
    (one) =>
      one.forge === forge &&
      one.baseUrl === baseUrl &&
      one.forgeOrganization === forgeOrganization &&
      one.status === 'active' &&
      one.installation !== installationOf(current),
  );
  return other(found?.installation, current, login);
}

function other(
  installation: InstallationId | undefined,
  current: Synchronization['connection'],
  login: string,
): InstallationId {
  if (installation === undefined || installation === installationOf(current)) {
    throw new CallerError('conflict', `${login} has no other connection: install the App there anew first`);
  }
  return installation;
}

/** The replaced installation is nobody's. */
async function released(
  table: Table,
  { id, forge, baseUrl, connection }: Synchronization,
): Promise<readonly Operation[]> {
  const installation = installationOf(connection);
  const before =
    installation === undefined ? undefined : await findInstallation(table, { forge, baseUrl, installation });
  return before?.synchronization === id ? [releaseInstallation(before, id)] : [];
}
