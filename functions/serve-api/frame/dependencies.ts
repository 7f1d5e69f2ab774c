import type { SessionId, UserId } from '../../../shared/domain/ids.ts';
import type { Cipher } from '../../../shared/runtime/cipher.ts';
import type { Clock } from '../../../shared/runtime/clock.ts';
import type { Logger } from '../../../shared/runtime/logger.ts';
import type { Table } from '../../../shared/store/table.ts';
import type { WorkQueue } from '../../../shared/store/work.ts';

interface SignedIn {
  readonly user: UserId;
  readonly session: SessionId;
  /** Milliseconds since the epoch. */
  readonly authenticatedAt: number;
}

export interface RequestOrigin {
  readonly address: string;
  readonly userAgent: string;
}

/** Times in milliseconds since the epoch. */
interface SessionView extends RequestOrigin {
  readonly id: SessionId;
  readonly startedAt: number;
  readonly lastUsedAt: number;
  readonly endsAt: number;
}

/** Sessions of people, as the API uses them. Whatever ends one leaves its entry in the history. */
export interface Sessions {
  /** @param isChange the session itself is looked at: one that was ended counts no more */
  read(
    cookies: ReadonlyMap<string, string>,
    options: { readonly isChange: boolean; readonly origin: RequestOrigin },
  ): Promise<{ readonly signedIn: SignedIn | undefined; readonly setCookies: readonly string[] }>;
  of(user: UserId): Promise<readonly SessionView[]>;
  /** @returns whether there was such a session of the user */
  end(user: UserId, session: SessionId, origin: RequestOrigin): Promise<boolean>;
  /** @returns how many */
  endOthers(kept: Pick<SignedIn, 'user' | 'session'>, origin: RequestOrigin): Promise<number>;
  /** Has the browser forget its session: headers `Set-Cookie`. */
  readonly forgotten: readonly string[];
}

/** What the routes work with. */
export interface ApiDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly cipher: Cipher;
  readonly logger: Logger;
  readonly sessions: Sessions;
  /** Whether a request came through the CDN; its header names are in lower case. */
  isFromCdn(request: { readonly headers: Readonly<Record<string, string | undefined>> }): Promise<boolean>;
  /** What the operator of the installation proves himself with. */
  operatorKey(): Promise<string>;
  /** Without a slash at its end. */
  readonly consoleBaseUrl: string;
}
