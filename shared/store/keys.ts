/**
 * Every key of the one table, and the names of its attributes that the template needs. Imports nothing that runs, because the
 * template imports this file too.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | organization | ORG#id | ORG |
 * | holder of a slug, for ever | SLUG#slug | SLUG |
 * | synchronization | SYNC#id | SYNC |
 * | list of synchronizations | SYNCS | SYNC#id |
 * | synchronization of a forge organization | FORGEORG#forge#base#id | CLAIM |
 * | secret part of a connection, encrypted | CONNECTION#id | CREDENTIAL |
 * | hook on a forge, with its secret, encrypted | HOOK#forge#source | HOOK |
 * | installation of our App | INSTALLATIONS | INSTALLATION#forge#base#id |
 * | installation, key of an earlier version | INSTALLATIONS | INSTALLATION#id |
 * | hook of a synchronization | SYNC#id | HOOK#forge#source |
 * | care of a synchronization's hooks (work) | SYNC#id | HOOKS |
 * | hooks that outlive their synchronization (work) | ENDEDHOOKS#synchronization | ENDEDHOOKS |
 * | read of a scope (work) | SYNC#id | SCOPE#scope |
 * | fact | SYNC#id | FACT#key |
 * | deletion of a repository on the forge | SYNC#id | FORGEDELETION#repository |
 * | claim: what a new event withdrew | SYNC#id | CLAIM#key |
 * | expectation: what an event reported, until a read agrees | SYNC#id | TOLD#key |
 * | mark of a stored plan that is being written | SYNC#id | APPLYING#scope |
 * | held removals, which wait for an owner | SYNC#id | HELD#scope |
 * | chunk of a value larger than an item, by one of `chunkNames` | SYNC#id | PIECES#name#place |
 * | part that the forge does not find, which is no proof yet | SYNC#id | MISSING#part |
 * | previews of what a run would change (work) | SYNC#id | PREVIEW |
 * | record of a run | SYNC#id | RUN#number |
 * | changes of one transaction of a run | SYNC#id | CHANGES#number#place |
 * | scan of a repository (work) | SYNC#id | SCAN#repository |
 * | storing of archives that nobody asked for (work) | SYNC#id | ARCHIVES |
 * | delivery that a synchronization got | SYNC#id | DELIVERED#time#delivery |
 * | entry of the log of a repository's scans | SYNC#id | SCANLOG#repository#time |
 * | an owner's choice on a repository | SYNC#id | CHOICE#repository |
 * | which folders of a repository have packages | SYNC#id | FOLDERS#repository |
 * | repository at a URL | SYNC#id | VCS#repository |
 * | list of all repositories at a URL | VCSREPOSITORIES | organization#repository |
 * | package (work: its p2 files) | ORG#id | PACKAGE#number |
 * | fan-out to all packages (work) | ORG#id | PACKAGES |
 * | package that a name belongs to | ORG#id | NAME#vendor/name |
 * | repository that claims another's name | ORG#id | NAMECLAIM#vendor/name#synchronization#repository |
 * | packages of a repository | ORG#id | SOURCE#synchronization#repository#directory#name |
 * | that a package requires a name | ORG#id | REQUIRES#vendor/name#number |
 * | version | PACKAGE#organization#number | VERSION#normalized |
 * | readme | PACKAGE#organization#number | README |
 * | recorded commit and its archive | PACKAGE#organization#number | DIST#reference in addresses |
 * | look-up of a commit that no scan recorded | PACKAGE#organization#number | LOOKUP#hash |
 * | number of look-ups in an hour | PACKAGE#organization#number | LOOKUPS#hour |
 * | commit that an owner refused | ORG#id | REFUSED#commit |
 * | deletion for an owner (work) | ORG#id | DELETION#subject |
 * | synchronization that ended and left its packages | ORG#id | ENDEDSYNC#id |
 * | fan-out of changed rights (work) | ORG#id | GRANTS |
 * | root file of a principal (work) | ORG#id | PRINCIPAL#principal |
 * | token: its record | ORG#id | TOKEN#principal#id |
 * | token: pointer from its hash to the record | TOKEN#hash | TOKEN |
 * | token that reads several organizations | SHAREDTOKEN#id | TOKEN |
 * | token of a person's own | USER#id | TOKEN#id |
 * | that a user has made such tokens | PERSONALTOKENS | USER#id |
 * | how many of a kind were created in an organization | ORG#id | CREATIONS#kind |
 * | how many of a kind were created for a user | USER#id | CREATIONS#kind |
 * | entry of the audit log | ORG#id | AUDIT#time#id |
 * | entry of the installation's own | INSTALLATION | AUDIT#time#id |
 * | entry about a run that changed something | ORG#id | RUNENTRY#time#synchronization-number |
 * | entry about refused requests | ORG#id | REFUSAL#time#id |
 * | entry about those of the installation | INSTALLATION | REFUSAL#time#id |
 * | settings of the installation | INSTALLATION | SETTINGS |
 * | what an organization says of a user | ORG#id | PERSON#user |
 * | that an organization says something of the user | USER#id | PERSONIN#organization |
 * | invitation of a user to an organization | ORG#id | INVITATION#user |
 * | that an organization invites the user | USER#id | INVITEDTO#organization |
 * | team that an organization has by hand | ORG#id | TEAM#id |
 * | member of such a team | ORG#id | TEAMMEMBER#team#user |
 * | rights that owners left to a team | ORG#id | TEAMRIGHTS#principal |
 * | machine's key by its hash | APIKEY#hash | APIKEY |
 * | machine's key of an organization | ORG#id | APIKEY#id |
 * | requests of a caller in one minute | RATE#caller | MINUTE#minute |
 * | answer to a creation, for its repetition | REPETITION#caller#hash | ANSWER |
 * | user | USER#id | USER |
 * | session of a user | USER#id | SESSION#id |
 * | key that sessions are signed with, encrypted | SESSIONKEYS | KEY#period |
 * | grant of a person for a few minutes, encrypted | USER#id | GRANT#forge#base |
 * | grant that is revoked at the forge from that time on, encrypted | GRANTREVOCATIONS | UNTIL#time#id |
 * | answer of a sign-in that was taken | SIGNIN#hash | SIGNIN |
 * | registration at a forge that was begun | REGISTRATION#hash | REGISTRATION |
 * | host that is being registered | REGISTERING#forge#base | REGISTERING |
 * | sign-in, or a try | INSTALLATION | SIGNINS#time#id |
 * | who signed in last under a login | LOGIN#forge#base#login | LOGIN |
 * | account of a user | ACCOUNT#forge#base#id | ACCOUNT |
 * | when a sign-in last asked what the account reads | ACCOUNT#forge#base#id | OWNRIGHTS |
 * | account that was there when new members began to wait | ORG#id | KNOWNACCOUNT#forge#base#id |
 * | key at the edge (work) | EDGE | key |
 * | delivery that was taken | DELIVERY#forge#base#id | DELIVERY |
 * | when deliveries to a forge's address were refused | REFUSEDDELIVERIES | forge |
 * | body of a delivery, by its SHA-256 | BODY#forge#hash | BODY |
 * | budget of a forge's credential | BUDGET#forge#base#credential | BUDGET |
 * | position in a forge's log of deliveries | DELIVERYLOG | forge#base |
 * | downloads of a version | PACKAGE#organization#number | DOWNLOADS#normalized |
 * | downloads of a day | PACKAGE#organization#number | DOWNLOADDAY#day |
 * | downloads of a day, of all packages | ORG#id | DOWNLOADDAY#day |
 */

/** Attribute and index names that the template declares. */
export const tableKeys = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Sparse: only items with work that is requested and not done. */
  pendingIndex: { name: 'pending', partitionKey: 'pending', sortKey: 'pendingSince' },
  /** Seconds since the epoch; for clean-up only, no logic relies on it. */
  expiry: 'expiresAt',
} as const;

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** A host of a forge, as in ForgeHost. */
interface Host {
  readonly forge: string;
  readonly baseUrl: string;
}

export const keys = {
  organization: (organization: string): Key => ({ pk: `ORG#${organization}`, sk: 'ORG' }),
  slug: (slug: string): Key => ({ pk: `SLUG#${slug}`, sk: 'SLUG' }),
  synchronization: (synchronization: string): Key => ({ pk: `SYNC#${synchronization}`, sk: 'SYNC' }),
  synchronizationListed: (synchronization: string): Key => ({ pk: 'SYNCS', sk: `SYNC#${synchronization}` }),
  forgeOrganization: (forge: string, baseUrl: string, id: string): Key => ({
    pk: `FORGEORG#${forge}#${baseUrl}#${id}`,
    sk: 'CLAIM',
  }),
  hook: (forge: string, source: string): Key => ({ pk: `HOOK#${forge}#${source}`, sk: 'HOOK' }),
  credential: (connection: string): Key => ({ pk: `CONNECTION#${connection}`, sk: 'CREDENTIAL' }),
  installation: ({ forge, baseUrl }: Host, installation: string): Key => ({
    pk: 'INSTALLATIONS',
    sk: `INSTALLATION#${forge}#${baseUrl}#${installation}`,
  }),
  /** The key from before installations named their host. */
  installationWithoutHost: (installation: string): Key => ({
    pk: 'INSTALLATIONS',
    sk: `INSTALLATION#${installation}`,
  }),
  hookOf: (synchronization: string, forge: string, source: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `HOOK#${forge}#${source}`,
  }),
  hooks: (synchronization: string): Key => ({ pk: `SYNC#${synchronization}`, sk: 'HOOKS' }),
  endedHooks: (synchronization: string): Key => ({
    pk: `ENDEDHOOKS#${synchronization}`,
    sk: 'ENDEDHOOKS',
  }),
  scope: (synchronization: string, scope: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `SCOPE#${scope}`,
  }),
  fact: (synchronization: string, factKey: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `FACT#${factKey}`,
  }),
  /** A claim: what a new event withdrew before any read. */
  claim: (synchronization: string, factKey: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `CLAIM#${factKey}`,
  }),
  /** An event's statement that a read has still to confirm. */
  expectation: (synchronization: string, factKey: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `TOLD#${factKey}`,
  }),
  /** Marks a stored plan that is being written. */
  applying: (synchronization: string, scope: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `APPLYING#${scope}`,
  }),
  /** What is known of a repository's deletion on the forge. */
  forgeDeletion: (synchronization: string, repository: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `FORGEDELETION#${repository}`,
  }),
  /** Since when the forge does not find a part. */
  missingPart: (synchronization: string, part: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `MISSING#${part}`,
  }),
  /** Removals that wait for an owner's decision. */
  held: (synchronization: string, scope: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `HELD#${scope}`,
  }),
  /** One chunk of a value that is larger than an item. */
  chunk: (synchronization: string, name: string, place: number): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `PIECES#${name}#${String(place).padStart(4, '0')}`,
  }),
  /** Previews of what a run would change. */
  preview: (synchronization: string): Key => ({ pk: `SYNC#${synchronization}`, sk: 'PREVIEW' }),
  run: (synchronization: string, number: number): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `RUN#${String(number).padStart(12, '0')}`,
  }),
  runChanges: (synchronization: string, number: number, place: number): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `CHANGES#${String(number).padStart(12, '0')}#${String(place).padStart(4, '0')}`,
  }),
  scan: (synchronization: string, repository: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `SCAN#${repository}`,
  }),
  archives: (synchronization: string): Key => ({ pk: `SYNC#${synchronization}`, sk: 'ARCHIVES' }),
  /** @param at milliseconds since the epoch @param delivery the forge's id of the event */
  delivered: (synchronization: string, at: number, delivery: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `DELIVERED#${new Date(at).toISOString()}#${delivery}`,
  }),
  /** @param time ISO 8601 */
  scanLog: (synchronization: string, repository: string, time: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `SCANLOG#${repository}#${time}`,
  }),
  folders: (synchronization: string, repository: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `FOLDERS#${repository}`,
  }),
  choice: (synchronization: string, repository: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `CHOICE#${repository}`,
  }),
  vcsRepository: (synchronization: string, repository: string): Key => ({
    pk: `SYNC#${synchronization}`,
    sk: `VCS#${repository}`,
  }),
  vcsRepositoryListed: (organization: string, repository: string): Key => ({
    pk: 'VCSREPOSITORIES',
    sk: `${organization}#${repository}`,
  }),
  package: (organization: string, number: number): Key => ({
    pk: `ORG#${organization}`,
    sk: `PACKAGE#${String(number).padStart(8, '0')}`,
  }),
  packages: (organization: string): Key => ({ pk: `ORG#${organization}`, sk: 'PACKAGES' }),
  packageName: (organization: string, name: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `NAME#${name}`,
  }),
  nameClaim: (organization: string, name: string, synchronization: string, repository: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `NAMECLAIM#${name}#${synchronization}#${repository}`,
  }),
  packageSource: (
    organization: string,
    synchronization: string,
    repository: string,
    directory: string,
    name: string,
  ): Key => ({
    pk: `ORG#${organization}`,
    sk: `SOURCE#${synchronization}#${repository}#${directory}#${name}`,
  }),
  requirement: (organization: string, required: string, number: number): Key => ({
    pk: `ORG#${organization}`,
    sk: `REQUIRES#${required}#${String(number).padStart(8, '0')}`,
  }),
  version: (organization: string, number: number, normalized: string): Key => ({
    pk: `PACKAGE#${organization}#${number}`,
    sk: `VERSION#${normalized}`,
  }),
  readme: (organization: string, number: number): Key => ({
    pk: `PACKAGE#${organization}#${number}`,
    sk: 'README',
  }),
  /** @param reference of the commit in addresses (`distReference`) */
  dist: (organization: string, number: number, reference: string): Key => ({
    pk: `PACKAGE#${organization}#${number}`,
    sk: `DIST#${reference}`,
  }),
  /** @param hash 7 to 40 hex digits, as requested */
  lookup: (organization: string, number: number, hash: string): Key => ({
    pk: `PACKAGE#${organization}#${number}`,
    sk: `LOOKUP#${hash}`,
  }),
  /** @param hour since the epoch */
  lookupCount: (organization: string, number: number, hour: number): Key => ({
    pk: `PACKAGE#${organization}#${number}`,
    sk: `LOOKUPS#${hour}`,
  }),
  downloads: (organization: string, number: number, normalized: string): Key => ({
    pk: `PACKAGE#${organization}#${number}`,
    sk: `DOWNLOADS#${normalized}`,
  }),
  /** @param day such as `2026-11-22`, in UTC */
  downloadDay: (organization: string, number: number, day: string): Key => ({
    pk: `PACKAGE#${organization}#${number}`,
    sk: `DOWNLOADDAY#${day}`,
  }),
  /** Of all packages. @param day such as `2026-11-22`, in UTC */
  downloadDayOfAll: (organization: string, day: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `DOWNLOADDAY#${day}`,
  }),
  refusedCommit: (organization: string, commit: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `REFUSED#${commit}`,
  }),
  deletion: (organization: string, subject: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `DELETION#${subject}`,
  }),
  endedSynchronization: (organization: string, synchronization: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `ENDEDSYNC#${synchronization}`,
  }),
  grants: (organization: string): Key => ({ pk: `ORG#${organization}`, sk: 'GRANTS' }),
  principal: (organization: string, principal: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `PRINCIPAL#${principal}`,
  }),
  /** @param token its id */
  principalToken: (organization: string, principal: string, token: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `TOKEN#${principal}#${token}`,
  }),
  creationsIn: (organization: string, kind: 'tokens' | 'api-keys' | 'invitations' | 'team-names'): Key => ({
    pk: `ORG#${organization}`,
    sk: `CREATIONS#${kind}`,
  }),
  creationsFor: (user: string, kind: 'tokens' | 'sessions' | 'organizations'): Key => ({
    pk: `USER#${user}`,
    sk: `CREATIONS#${kind}`,
  }),
  /** @param at milliseconds since the epoch */
  runEntry: (organization: string, at: number, synchronization: string, number: number): Key => ({
    pk: `ORG#${organization}`,
    sk: `RUNENTRY#${new Date(at).toISOString()}#${synchronization}-${number}`,
  }),
  /** @param at milliseconds since the epoch */
  auditEntry: (organization: string, at: number, id: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `AUDIT#${new Date(at).toISOString()}#${id}`,
  }),
  /** Beside the other entries, so that these are found however many there are. @param at milliseconds since the epoch */
  refusal: (organization: string, at: number, id: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `REFUSAL#${new Date(at).toISOString()}#${id}`,
  }),
  /** @param at milliseconds since the epoch */
  installationRefusal: (at: number, id: string): Key => ({
    pk: 'INSTALLATION',
    sk: `REFUSAL#${new Date(at).toISOString()}#${id}`,
  }),
  /** @param at milliseconds since the epoch */
  installationAuditEntry: (at: number, id: string): Key => ({
    pk: 'INSTALLATION',
    sk: `AUDIT#${new Date(at).toISOString()}#${id}`,
  }),
  installationSettings: (): Key => ({ pk: 'INSTALLATION', sk: 'SETTINGS' }),
  /** What the organization itself says of a person, whatever code hosts say. */
  ownTeam: (organization: string, team: string): Key => ({ pk: `ORG#${organization}`, sk: `TEAM#${team}` }),
  ownTeamMember: (organization: string, team: string, user: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `TEAMMEMBER#${team}#${user}`,
  }),
  login: (forge: string, baseUrl: string, login: string): Key => ({
    pk: `LOGIN#${forge}#${baseUrl}#${login}`,
    sk: 'LOGIN',
  }),
  teamRights: (organization: string, team: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `TEAMRIGHTS#${team}`,
  }),
  person: (organization: string, user: string): Key => ({ pk: `ORG#${organization}`, sk: `PERSON#${user}` }),
  /** An account that was there when new members began to wait. */
  knownAccount: (organization: string, { forge, baseUrl }: Host, account: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `KNOWNACCOUNT#${forge}#${baseUrl}#${account}`,
  }),
  personIn: (user: string, organization: string): Key => ({
    pk: `USER#${user}`,
    sk: `PERSONIN#${organization}`,
  }),
  invitation: (organization: string, user: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `INVITATION#${user}`,
  }),
  invitedTo: (user: string, organization: string): Key => ({
    pk: `USER#${user}`,
    sk: `INVITEDTO#${organization}`,
  }),
  apiKey: (hash: string): Key => ({ pk: `APIKEY#${hash}`, sk: 'APIKEY' }),
  apiKeyOf: (organization: string, id: string): Key => ({ pk: `ORG#${organization}`, sk: `APIKEY#${id}` }),
  /** @param minute since the epoch */
  rate: (caller: string, minute: number): Key => ({ pk: `RATE#${caller}`, sk: `MINUTE#${minute}` }),
  /** @param hash of the key that the caller gave the request */
  repetition: (caller: string, hash: string): Key => ({ pk: `REPETITION#${caller}#${hash}`, sk: 'ANSWER' }),
  /** @param hash the whole one, as `tokenHash` returns it */
  token: (hash: string): Key => ({ pk: `TOKEN#${hash}`, sk: 'TOKEN' }),
  sharedToken: (token: string): Key => ({ pk: `SHAREDTOKEN#${token}`, sk: 'TOKEN' }),
  personalToken: (user: string, token: string): Key => ({ pk: `USER#${user}`, sk: `TOKEN#${token}` }),
  hasPersonalTokens: (user: string): Key => ({ pk: 'PERSONALTOKENS', sk: `USER#${user}` }),
  user: (user: string): Key => ({ pk: `USER#${user}`, sk: 'USER' }),
  session: (user: string, session: string): Key => ({ pk: `USER#${user}`, sk: `SESSION#${session}` }),
  /** @param period since the epoch, counted by whoever makes the keys */
  sessionKey: (period: number): Key => ({ pk: 'SESSIONKEYS', sk: `KEY#${period}` }),
  personGrant: (user: string, { forge, baseUrl }: Host): Key => ({
    pk: `USER#${user}`,
    sk: `GRANT#${forge}#${baseUrl}`,
  }),
  /** @param until milliseconds since the epoch */
  grantRevocation: (until: number, id: string): Key => ({
    pk: 'GRANTREVOCATIONS',
    sk: `UNTIL#${new Date(until).toISOString()}#${id}`,
  }),
  /** @param hash of what was sent to the forge as the state */
  registration: (hash: string): Key => ({ pk: `REGISTRATION#${hash}`, sk: 'REGISTRATION' }),
  registeringHost: ({ forge, baseUrl }: Host): Key => ({
    pk: `REGISTERING#${forge}#${baseUrl}`,
    sk: 'REGISTERING',
  }),
  /** @param hash of what was sent to the forge as the state */
  takenSignIn: (hash: string): Key => ({ pk: `SIGNIN#${hash}`, sk: 'SIGNIN' }),
  /** @param at milliseconds since the epoch */
  signIn: (at: number, id: string): Key => ({
    pk: 'INSTALLATION',
    sk: `SIGNINS#${new Date(at).toISOString()}#${id}`,
  }),
  account: (forge: string, baseUrl: string, account: string): Key => ({
    pk: `ACCOUNT#${forge}#${baseUrl}#${account}`,
    sk: 'ACCOUNT',
  }),
  ownRightsLook: (forge: string, baseUrl: string, account: string): Key => ({
    pk: `ACCOUNT#${forge}#${baseUrl}#${account}`,
    sk: 'OWNRIGHTS',
  }),
  edge: (key: string): Key => ({ pk: 'EDGE', sk: key }),
  /** How far the forge's log of deliveries was read. */
  deliveryLog: ({ forge, baseUrl }: Host): Key => ({ pk: 'DELIVERYLOG', sk: `${forge}#${baseUrl}` }),
  refusedDeliveries: (forge: string): Key => ({ pk: 'REFUSEDDELIVERIES', sk: forge }),
  /** Shared by all hosts of a forge: the same bytes mean the same. */
  deliveryBody: (forge: string, hash: string): Key => ({ pk: `BODY#${forge}#${hash}`, sk: 'BODY' }),
  delivery: ({ forge, baseUrl }: Host, id: string): Key => ({
    pk: `DELIVERY#${forge}#${baseUrl}#${id}`,
    sk: 'DELIVERY',
  }),
  budget: ({ forge, baseUrl }: Host, credential: string): Key => ({
    pk: `BUDGET#${forge}#${baseUrl}#${credential}`,
    sk: 'BUDGET',
  }),
} as const;

/**
 * Where queries for several items begin. A kind whose keys end in an id needs no entry: `keys.scan(synchronization, '')` is the
 * prefix of all scans.
 */
export const ranges = {
  synchronizations: (): Key => keys.synchronizationListed(''),
  installations: (): Key => keys.installationWithoutHost(''),
  hooks: (synchronization: string): Key => ({ pk: `SYNC#${synchronization}`, sk: 'HOOK#' }),
  delivered: (synchronization: string): Key => ({ pk: `SYNC#${synchronization}`, sk: 'DELIVERED#' }),
  runs: (synchronization: string): Key => ({ pk: `SYNC#${synchronization}`, sk: 'RUN#' }),
  /** All changes of one run. */
  runChanges: (synchronization: string, number: number): Key =>
    upToLastMark(keys.runChanges(synchronization, number, 0)),
  /** All chunks under a name. */
  chunks: (synchronization: string, name: string): Key => upToLastMark(keys.chunk(synchronization, name, 0)),
  packages: (organization: string): Key => ({ pk: `ORG#${organization}`, sk: 'PACKAGE#' }),
  /** Every repository that claims the name. */
  nameClaims: (organization: string, name: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `NAMECLAIM#${name}#`,
  }),
  /** Every package of a repository, in all of its folders. */
  packageSources: (organization: string, synchronization: string, repository: string): Key => ({
    pk: `ORG#${organization}`,
    sk: `SOURCE#${synchronization}#${repository}#`,
  }),
  tokens: (organization: string): Key => ({ pk: `ORG#${organization}`, sk: 'TOKEN#' }),
  signIns: (): Key => ({ pk: 'INSTALLATION', sk: 'SIGNINS#' }),
  grantRevocations: (): Key => ({ pk: 'GRANTREVOCATIONS', sk: 'UNTIL#' }),
  auditLog: (organization: string): Key => ({ pk: `ORG#${organization}`, sk: 'AUDIT#' }),
  installationAuditLog: (): Key => ({ pk: 'INSTALLATION', sk: 'AUDIT#' }),
  runEntries: (organization: string): Key => ({ pk: `ORG#${organization}`, sk: 'RUNENTRY#' }),
  refusals: (organization: string): Key => ({ pk: `ORG#${organization}`, sk: 'REFUSAL#' }),
  installationRefusals: (): Key => ({ pk: 'INSTALLATION', sk: 'REFUSAL#' }),
} as const;

const upToLastMark = ({ pk, sk }: Key): Key => ({ pk, sk: sk.slice(0, sk.lastIndexOf('#') + 1) });

/** The name in an item's sort key: everything after its kind. */
export const nameInKey = (sk: unknown): string => String(sk).slice(String(sk).indexOf('#') + 1);

/** Names of values that are stored in chunks. */
export const chunkNames = {
  /** What was read of a scope so far. */
  reading: (scope: string): string => `READING#${scope}`,
  /** The plan of a scope that is being written. */
  plan: (scope: string): string => `PLAN#${scope}`,
  /** Facts whose removal waits for an owner's decision. */
  held: (scope: string): string => `HELD#${scope}`,
  /** What a run would change, by the number of the preview. */
  preview: (number: number): string => `PREVIEW#${number}`,
  /** Refs of a repository that give no version. */
  leftOut: (repository: string): string => `left-out#${repository}`,
  /** Manifests that were read of a repository, where each takes a request. */
  manifests: (repository: string): string => `manifests#${repository}`,
  /** Manifests that were read of a repository's folders. */
  folders: (repository: string): string => `folders#${repository}`,
  /** The paths of all manifests on a repository's default branch. */
  manifestPaths: (repository: string): string => `manifest-paths#${repository}`,
} as const;
