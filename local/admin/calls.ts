/** Commands that invoke one function; simple-text.ts says what they print. */
import { parseArgs } from 'node:util';
import { type ApiKeyScope, apiKeyScopes } from '../../shared/domain/api-key.ts';
import { UsageError } from '../start/options.ts';

export type Flags = ReturnType<typeof readFlags>['values'];

/** @throws TypeError for an unknown flag */
export function readFlags(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      installation: { type: 'string' },
      forge: { type: 'string' },
      'base-url': { type: 'string' },
      repositories: { type: 'string' },
      vendors: { type: 'string' },
      forks: { type: 'boolean' },
      member: { type: 'string' },
      team: { type: 'string' },
      all: { type: 'boolean' },
      description: { type: 'string' },
      expires: { type: 'string' },
      id: { type: 'string' },
      of: { type: 'string' },
      by: { type: 'string' },
      why: { type: 'string' },
      'held-share': { type: 'string' },
      'held-above': { type: 'string' },
      'suspend-after': { type: 'string' },
      scopes: { type: 'string' },
      source: { type: 'string' },
      'outside-code': { type: 'string' },
      to: { type: 'string' },
      'same-package': { type: 'boolean' },
      confirm: { type: 'string' },
      'keep-archives': { type: 'boolean' },
      set: { type: 'boolean' },
      synchronization: { type: 'string' },
      kind: { type: 'string' },
      credential: { type: 'string' },
      username: { type: 'string' },
      header: { type: 'string' },
      certificate: { type: 'string' },
      'secret-file': { type: 'string' },
      readers: { type: 'string' },
      'trunk-path': { type: 'string' },
      'branches-path': { type: 'string' },
      'tags-path': { type: 'string' },
      'package-path': { type: 'string' },
      'allow-private': { type: 'string' },
      'allow-http': { type: 'string' },
      'accept-host-key': { type: 'string' },
      json: { type: 'boolean' },
      data: { type: 'string' },
      aws: { type: 'string' },
      'key-file': { type: 'string' },
      'key-secret': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

/** The function and its input, by command name. They throw UsageError. */
export const simpleCommands: Readonly<Record<string, (slug: string, flags: Flags) => [string, unknown]>> = {
  connect: (slug, flags) => [
    'connect-organization',
    {
      slug,
      installation: installationOf(flags),
      ...(flags.forge === undefined ? {} : { forge: flags.forge }),
      ...(flags['base-url'] === undefined ? {} : { baseUrl: flags['base-url'] }),
      repositories: names(flags.repositories) ?? 'all',
      ownedVendors: vendorNames(flags),
    },
  ],
  choose: (slug, flags) => [
    'choose-packages',
    {
      slug,
      repositories: needed(names(flags.repositories), 'choose needs --repositories'),
      ...(flags.forks ? { forks: true } : {}),
    },
  ],
  vendors: (slug, flags) => [
    'set-owned-vendors',
    { slug, vendors: needed(flags.vendors && vendorNames(flags), 'vendors needs --vendors') },
  ],
  publishing: (slug, flags) => [
    'set-publishing',
    { slug, ...yesOrNo('source', flags, 'source'), ...yesOrNo('outside-code', flags, 'outsideCode') },
  ],
  caution: (slug, flags) => [
    'set-caution',
    {
      slug,
      ...(flags.synchronization === undefined ? {} : { synchronization: flags.synchronization }),
      ...numberOf('held-share', flags, 'heldShare', 0.01),
      ...numberOf('held-above', flags, 'heldAbove'),
      ...numberOf('suspend-after', flags, 'suspendAfterDays'),
    },
  ],
  token: (slug, flags) => [
    'issue-token',
    {
      organization: slug,
      for: holderOf(flags),
      ...(flags.description === undefined ? {} : { description: flags.description }),
      ...expiryOf(flags),
    },
  ],
  'stop-access': (slug, flags) => ['stop-access', { slug, ...accountableOf(flags, 'stop-access') }],
  'allow-access': (slug, flags) => ['allow-access', { slug, ...accountableOf(flags, 'allow-access') }],
  'api-key': (slug, flags) => [
    'create-api-key',
    {
      organization: slug,
      scopes: scopesOf(flags.scopes),
      description: needed(flags.description, 'api-key needs --description: what the key is for'),
      ...expiryOf(flags),
    },
  ],
  'api-keys': (slug) => ['list-api-keys', { organization: slug }],
  'revoke-api-key': (slug, flags) => [
    'revoke-api-key',
    { organization: slug, id: needed(flags.id, 'revoke-api-key needs --id; api-keys lists them') },
  ],
  revoke: (slug, flags) => [
    'revoke-token',
    { organization: slug, id: needed(flags.id, 'revoke needs --id; status lists them') },
  ],
};

/** @throws UsageError */
function installationOf({ installation }: Flags): string {
  const id = needed(installation, 'connect needs --installation; status lists them');
  if (!/^[1-9]\d{0,18}$/.test(id)) {
    throw new UsageError(`--installation takes the number that status lists, not ${id}`);
  }
  return id;
}

/** The flag's value as `{ [name]: boolean }`; empty without the flag. */
function yesOrNo(
  flag: 'source' | 'outside-code',
  flags: Flags,
  name: string,
): Readonly<Record<string, boolean>> {
  const word = flags[flag];
  if (word === undefined) {
    return {};
  }
  if (word !== 'yes' && word !== 'no') {
    throw new UsageError(`--${flag} takes yes or no, not ${word}`);
  }
  return { [name]: word === 'yes' };
}

/**
 * Who does it and why.
 *
 * @throws UsageError
 */
function accountableOf({ by, why }: Flags, command: string): { by: string; why: string } {
  const message = `${command} needs --by NAME and --why TEXT: both are logged`;
  return { by: needed(by, message), why: needed(why, message) };
}

/** The flag's number times the unit, as `{ [name]: number }`; empty without the flag. */
function numberOf(
  flag: 'held-share' | 'held-above' | 'suspend-after',
  flags: Flags,
  name: string,
  unit = 1,
): Readonly<Record<string, number>> {
  const text = flags[flag];
  if (text === undefined) {
    return {};
  }
  if (!/^\d{1,4}$/.test(text)) {
    throw new UsageError(`--${flag} takes a whole number, not ${text}`);
  }
  if (flag === 'held-share' && Number(text) > 100) {
    throw new UsageError(`--held-share takes a share in percent, at most 100, not ${text}`);
  }
  return { [name]: Number(text) * unit };
}

/** When what is made ends, as `{ expiresAt }`; empty without the flag. */
const expiryOf = ({ expires }: Flags): { readonly expiresAt?: string | null } =>
  expires === undefined ? {} : { expiresAt: expires === 'never' ? null : timeOf(expires) };

/** @throws UsageError */
function scopesOf(text: string | undefined): readonly ApiKeyScope[] {
  const all = apiKeyScopes.join(', ');
  return needed(text, `api-key needs --scopes: ${all}`)
    .split(',')
    .map((name) =>
      needed(
        apiKeyScopes.find((one) => one === name.trim()),
        `--scopes takes ${all}, not ${name}`,
      ),
    );
}

function timeOf(text: string): string {
  const at = Date.parse(text);
  // Date takes 2027-02-30 for the second of March.
  const [, day] = /^(\d{4}-\d{2}-\d{2})/.exec(text) ?? [];
  const isDay = day === undefined || new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  if (Number.isNaN(at) || !isDay) {
    throw new UsageError(
      `--expires takes never, or a time such as 2027-01-01 or 2027-01-01T12:00:00Z, not ${text}`,
    );
  }
  return new Date(at).toISOString();
}

function holderOf({ member, team, all }: Flags): unknown {
  if ([member, team, all].filter((given) => given !== undefined).length !== 1) {
    throw new UsageError('token needs exactly one of --member, --team and --all');
  }
  if (member !== undefined) {
    return { kind: 'member', login: member };
  }
  return team === undefined ? { kind: 'organization' } : { kind: 'team', slug: team };
}

/** The vendors that are named; none without the flag. */
export const vendorNames = ({ vendors }: Pick<Flags, 'vendors'>): readonly string[] =>
  vendors === undefined ? [] : vendors.split(',').map((name) => name.trim());

function names(text: string | undefined): string[] | 'all' | undefined {
  return text === undefined || text === 'all' ? text : text.split(',').map((name) => name.trim());
}

/** @throws UsageError */
export function needed<Value>(value: Value | undefined, message: string): Value {
  if (value === undefined) {
    throw new UsageError(message);
  }
  return value;
}
