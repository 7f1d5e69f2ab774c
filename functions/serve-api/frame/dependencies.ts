import type { Forges } from '../../../shared/composition/forges.ts';
import type { IntegrationsSecret } from '../../../shared/forge/integrations.ts';
import type { VcsDependencies } from '../../../shared/organizations/vcs-repositories.ts';
import type { Cipher } from '../../../shared/runtime/cipher.ts';
import type { Clock } from '../../../shared/runtime/clock.ts';
import type { Logger } from '../../../shared/runtime/logger.ts';
import type { Table } from '../../../shared/store/table.ts';
import type { WorkQueue } from '../../../shared/store/work.ts';

/** What the routes work with. */
export interface ApiDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly cipher: Cipher;
  readonly logger: Logger;
  readonly forges: Forges;
  readonly integrationsSecret: IntegrationsSecret;
  /** Whether a request came through the CDN; its header names are in lower case. */
  isFromCdn(request: { readonly headers: Readonly<Record<string, string | undefined>> }): Promise<boolean>;
  /** Whether the text is what the operator of the installation proves himself with. */
  isOperatorKey(given: string): Promise<boolean>;
  /** Without a slash at its end. */
  readonly consoleBaseUrl: string;
  /** Of Composer's repositories; without a slash at its end. */
  readonly registryBaseUrl: string;
  /** What repositories at a URL are read by, where this installation can. */
  readonly vcs: Pick<VcsDependencies, 'hasWorker' | 'readableKinds' | 'makeSshKey'> & {
    /** Whether they may be folders of the machine. */
    readonly readsFolders: boolean;
  };
}
