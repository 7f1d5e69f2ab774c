/** The hook of a repository at a URL: its server tells of pushes there, so that they are read at once. Owners install it on the server themselves. */
import { unlessChanged } from '../domain/conflict-error.ts';
import { type HookSourceId, newId, type OrganizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { vcsForge, vcsSynchronization } from '../domain/vcs-repository.ts';
import { parseVcsUrl } from '../domain/vcs-url.ts';
import type { Cipher } from '../runtime/cipher.ts';
import { Secret } from '../runtime/secret.ts';
import { addHook, changeHookSecret } from '../store/hook-store.ts';
import type { Operation } from '../store/table.ts';
import { changeVcsRepository, type StoredVcsRepository } from '../store/vcs-store.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import type { RefuseDependencies } from './refuse-commits.ts';

export interface VcsHook {
  /** Part of its address. */
  readonly source: string;
  /** Shown to whoever made or renewed it, and never again. */
  readonly secret: Secret<string>;
}

/** The path of the address that a server tells of pushes. */
export const pushPath = (source: string): string => `/webhooks/${vcsForge}/${source}`;

/**
 * Makes the hook, or gives it another secret; then the one before is accepted for a day.
 *
 * @throws CallerError when somebody else did so at the same moment
 */
export async function renewHook(
  dependencies: RefuseDependencies & { readonly cipher: Cipher },
  { id: organization }: Pick<Organization, 'id'>,
  before: StoredVcsRepository,
  accountable: Accountable,
): Promise<VcsHook> {
  const { table, randomBytes } = dependencies;
  const secret = new Secret(Buffer.from(randomBytes(32)).toString('hex'));
  const { name } = parseVcsUrl(before.url, before.kind);
  const act = ownerAct(dependencies, organization, accountable, 'renew-push-hook', name);
  return unlessChanged('somebody changed the hook at the same moment; try again', async () => {
    if (before.hookSource !== undefined) {
      await changeHookSecret(dependencies, { forge: vcsForge, source: before.hookSource }, secret, [act]);
      return { source: before.hookSource, secret };
    }
    const source = newId<HookSourceId>(randomBytes);
    await table.transact([...(await made(dependencies, organization, before, { source, secret })), act]);
    return { source, secret };
  });
}

async function made(
  dependencies: { readonly cipher: Cipher },
  organization: OrganizationId,
  before: StoredVcsRepository,
  { source, secret }: VcsHook,
): Promise<readonly Operation[]> {
  const hook = { forge: vcsForge, source, repository: before.repository };
  const synchronization = vcsSynchronization(organization);
  return [
    ...(await addHook(dependencies, hook, { baseUrl: '' }, synchronization, secret)),
    changeVcsRepository(organization, before, { hookSource: source }),
  ];
}
