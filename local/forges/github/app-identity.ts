import { generateKeyPairSync } from 'node:crypto';
import { type App, type Installation, nodeId } from './state.ts';

/** The permissions that the app needs; all are to read. */
export const appPermissions: Record<string, 'read' | 'write' | 'admin'> = {
  administration: 'read',
  contents: 'read',
  members: 'read',
  metadata: 'read',
  organization_administration: 'read',
};

/** An optional permission, given where there are roles to see. */
export const rolesPermission = { organization_custom_org_roles: 'read' } as const;

/** The permissions that an owner grants on installation. */
export const grantedPermissions = (
  { roles }: { readonly roles?: unknown },
  { permissions }: Pick<App, 'permissions'> = {},
): Installation['permissions'] => ({
  ...(permissions ?? { ...appPermissions, ...(roles !== undefined && rolesPermission) }),
});

/** Events that the app subscribes to. */
export const appEvents: readonly string[] = [
  'create',
  'delete',
  'member',
  'membership',
  'organization',
  'public',
  'push',
  'repository',
  'team',
];

/**
 * A GitHub App as it is right after registration.
 *
 * @param random - returns so many random bytes.
 */
export function createApp(random: (bytes: number) => Uint8Array, given: Partial<App> = {}): App {
  const hex = (bytes: number): string => Buffer.from(random(bytes)).toString('hex');
  const id = given.id ?? 1001;
  return {
    id,
    nodeId: nodeId('A', id),
    slug: 'repertoire-simulated',
    clientId: `Iv23li${hex(7)}`,
    clientSecret: hex(20),
    privateKey: given.privateKey ?? createPrivateKey(),
    webhookSecret: hex(20),
    events: appEvents,
    ...given,
  };
}

function createPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}
