/** What each function does and needs: the table that its permissions and variables are made from. */
import { environment } from '../shared/runtime/environment.ts';
import { functionSeconds } from '../shared/runtime/time-limits.ts';

export const queueVariables = {
  sync: environment.syncQueueUrl,
  scan: environment.scanQueueUrl,
  vcs: environment.vcsQueueUrl,
  'publish-package': environment.publishPackageQueueUrl,
  'publish-roots': environment.publishRootsQueueUrl,
  'publish-access': environment.publishAccessQueueUrl,
  deletion: environment.deletionQueueUrl,
} as const;

export type QueueName = keyof typeof queueVariables;
const allQueues = Object.keys(queueVariables) as QueueName[];

/** Items that a function writes, by the beginnings of partition keys (shared/store/keys.ts), and how. */
export interface WrittenItems {
  readonly partitions: readonly string[];
  readonly by: readonly ('PutItem' | 'UpdateItem' | 'DeleteItem')[];
}

/** A function's permissions and environment variables. It gets no others. */
export interface Needs {
  readonly does: string;
  readonly seconds: number;
  readonly megabytes: number;
  /** Every function reads items, and checks conditions of them. `write`: writes any item. A list: only these. */
  readonly table: 'write' | readonly WrittenItems[];
  /** The index of work that is requested and not done. */
  readonly pendingWork?: true;
  /** `archives`: reads and writes archives, in parts. A list: reads, writes and deletes objects whose keys end like that. `remove`: deletes
   * any object with all its versions, and copies archives. */
  readonly bucket?: 'archives' | 'remove' | readonly string[];
  readonly sends: readonly QueueName[];
  /** The edge's key-value store. */
  readonly accessStore?: true;
  /**
   * The secret of the integrations, which authenticates deliveries and our requests to the forges. `add`: writes it too, and keeps what a forge
   * registered, encrypted, until it is written.
   */
  readonly integrations?: true | 'add';
  /**
   * The secrets of connections: `renew` decrypts them and encrypts their successors, `read` only decrypts them. `hooks`: decrypts those of hooks
   * only.
   */
  readonly credentials?: 'renew' | 'read' | 'hooks';
  /** Makes secrets of hooks, and tells them to the forge; `shows`: to owners, who install the hook themselves, and never again. */
  readonly installsHooks?: true | 'shows';
  /** `edge`: only what the edge function let pass; `api`: whatever came through the CDN. */
  readonly originSecret?: 'api' | 'edge';
  /** The keys that sign sessions, encrypted with the credential key. */
  readonly sessions?: true;
  /** The grants of people who choose an organization: `keep` only encrypts them, `use` only decrypts them. */
  readonly personGrants?: 'keep' | 'use';
  /** Keeps answers to creations, encrypted, for whoever repeats the request. */
  readonly answers?: true;
  readonly operatorKey?: true;
  readonly setUpCode?: true;
  /** The public addresses of both hosts. */
  readonly addresses?: true;
  /** Whether repositories at a URL can be read here. */
  readonly vcsWorker?: true;
  /** Runs from an image with the programs that read repositories, and only where an operator deploys it: building the image takes Docker. */
  readonly image?: { readonly temporaryMegabytes: number };
  /** Gets executions of its own, if the operator reserves some. */
  readonly reserved?: true;
}

export const functionNeeds = {
  'receive-webhook': {
    does: 'Takes a delivery of a forge and wakes what it concerns',
    seconds: 10,
    megabytes: 512,
    table: [
      {
        partitions: ['SYNC#', 'DELIVERY#', 'BODY#', 'INSTALLATIONS', 'REFUSEDDELIVERIES', 'ORG#', 'RATE#'],
        by: ['PutItem', 'UpdateItem'],
      },
      // What an event settled.
      { partitions: ['SYNC#'], by: ['DeleteItem'] },
    ],
    sends: ['sync', 'scan', 'vcs', 'publish-roots'],
    integrations: true,
    credentials: 'hooks',
    originSecret: 'api',
    reserved: true,
  },
  'sync-organization': {
    does: 'Reads a scope of a forge organization, plans and applies; installs hooks',
    seconds: functionSeconds['sync-organization'],
    megabytes: 512,
    table: 'write',
    sends: allQueues,
    integrations: true,
    credentials: 'renew',
    installsHooks: true,
    addresses: true,
    reserved: true,
  },
  'scan-repository': {
    does: 'Reads refs and manifests of a repository into versions',
    seconds: functionSeconds['scan-repository'],
    megabytes: 1024,
    table: 'write',
    bucket: 'archives',
    sends: allQueues,
    integrations: true,
    credentials: 'renew',
    vcsWorker: true,
  },
  'scan-vcs': {
    does: 'Reads repositories at a URL by git, hg and svn, and builds their archives',
    seconds: functionSeconds['scan-vcs'],
    megabytes: 3008,
    table: 'write',
    bucket: 'archives',
    sends: allQueues,
    credentials: 'read',
    vcsWorker: true,
    image: { temporaryMegabytes: 10_240 },
  },
  'publish-package': {
    does: "Writes a package's metadata files",
    seconds: functionSeconds['publish-package'],
    megabytes: 512,
    table: 'write',
    bucket: ['/plain.json', '/dev.json'],
    sends: ['publish-package', 'publish-roots', 'publish-access'],
    addresses: true,
  },
  'publish-roots': {
    does: "Writes principals' root files and bitmaps",
    seconds: functionSeconds['publish-roots'],
    megabytes: 512,
    table: 'write',
    bucket: ['/roots/*'],
    sends: ['publish-roots', 'publish-access'],
    addresses: true,
  },
  'publish-access': {
    does: "Brings the edge's key-values in step with the table",
    seconds: 20,
    megabytes: 512,
    table: 'write',
    pendingWork: true,
    sends: ['publish-access', 'publish-roots'],
    accessStore: true,
  },
  'fetch-dist': {
    does: 'Builds an archive that is not stored yet',
    seconds: functionSeconds['fetch-dist'],
    megabytes: 1024,
    table: [
      // Archives and look-ups; the budgets of the forges, and credentials that are renewed or refused.
      {
        partitions: ['PACKAGE#', 'BUDGET#', 'CONNECTION#', 'SYNC#'],
        by: ['PutItem', 'UpdateItem'],
      },
      // A look-up that found its commit.
      { partitions: ['PACKAGE#'], by: ['DeleteItem'] },
    ],
    bucket: 'archives',
    sends: ['scan', 'vcs'],
    integrations: true,
    credentials: 'renew',
    originSecret: 'edge',
    vcsWorker: true,
    addresses: true,
  },
  'search-packages': {
    does: "Answers Composer's searches for what the edge function let pass",
    seconds: 10,
    megabytes: 512,
    table: [{ partitions: ['RATE#'], by: ['UpdateItem'] }],
    sends: [],
    originSecret: 'edge',
    addresses: true,
  },
  'record-downloads': {
    does: "Counts what Composer's notify-batch reports",
    seconds: 10,
    megabytes: 256,
    table: [{ partitions: ['ORG#', 'PACKAGE#', 'RATE#'], by: ['UpdateItem'] }],
    sends: [],
    originSecret: 'api',
  },
  'start-reconcile': {
    does: 'Wants a whole read of every synchronization, and files written again whose address changed',
    seconds: 60,
    megabytes: 256,
    table: 'write',
    sends: allQueues,
    vcsWorker: true,
    addresses: true,
  },
  'catch-up-deliveries': {
    does: "Takes deliveries that did not arrive from the forges' own logs",
    seconds: 120,
    megabytes: 256,
    table: 'write',
    sends: allQueues,
    integrations: true,
    credentials: 'renew',
  },
  'sweep-work': {
    does: 'Wakes work that is wanted, not done and forgotten',
    seconds: 60,
    megabytes: 256,
    table: 'write',
    pendingWork: true,
    sends: allQueues,
  },
  'revoke-grants': {
    does: 'Revokes what people granted on the forges once it is used no more',
    seconds: 60,
    megabytes: 256,
    table: 'write',
    sends: [],
    integrations: true,
    credentials: 'read',
    personGrants: 'use',
  },
  'run-deletion': {
    does: 'Removes what owners deleted or refused, in portions',
    seconds: functionSeconds['run-deletion'],
    megabytes: 512,
    table: 'write',
    bucket: 'remove',
    sends: allQueues,
  },
  'serve-api': {
    does: 'Answers the API and the plain pages of the console host',
    // An HTTP API gives up after 30 s.
    seconds: 29,
    megabytes: 1024,
    table: 'write',
    sends: allQueues,
    integrations: 'add',
    credentials: 'renew',
    originSecret: 'api',
    sessions: true,
    personGrants: 'use',
    answers: true,
    operatorKey: true,
    installsHooks: 'shows',
    vcsWorker: true,
    addresses: true,
  },
  'sign-in': {
    does: 'Signs people in with their accounts on the forges',
    seconds: 29,
    megabytes: 512,
    table: 'write',
    // An account that is linked or merged changes what tokens read, and which there are; who signs in may read what the last list does not have.
    sends: ['sync', 'publish-roots', 'publish-access'],
    integrations: 'add',
    originSecret: 'api',
    sessions: true,
    personGrants: 'keep',
    setUpCode: true,
    addresses: true,
  },
} as const satisfies Record<string, Needs>;

/** Executions of sync-organization at the same time. */
export const synchronizationsAtOnce = 10;

export type FunctionName = keyof typeof functionNeeds;

/** The names of all functions, each a folder in functions/. */
export const functionNames = Object.keys(functionNeeds) as FunctionName[];

/** Those that are deployed only if an operator chooses so. */
export type OptionalFunction = 'scan-vcs';

/** The functions of a deployment. */
export const functionsWith = ({
  hasVcsWorker,
}: {
  readonly hasVcsWorker: boolean;
}): readonly FunctionName[] => functionNames.filter((name) => hasVcsWorker || name !== 'scan-vcs');

/** The time-out of a queue's consumer determines the queue's visibility time-out. */

export const timeoutSeconds = (name: FunctionName): number => functionNeeds[name].seconds;

export const megabytesOf = (name: FunctionName): number => functionNeeds[name].megabytes;
