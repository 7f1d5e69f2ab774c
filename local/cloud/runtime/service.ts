/** What the parts of the local cloud agree on. */

/** Time as the local cloud sees it; tests step it. */
export interface CloudClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once the clock has passed `delayMs`; returns the cancellation. */
  after(delayMs: number, run: () => void): () => void;
}

export interface ServiceRequest {
  readonly method: string;
  /** Path with query, undecoded, as received. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Aborted when the client has gone, so that nothing is handed to it any more. */
  readonly signal?: AbortSignal;
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** A local service that answers the wire protocol of the AWS service it stands for. */
export interface CloudService {
  handle(request: ServiceRequest): Promise<ServiceResponse>;
}

/** What the event source of a function needs of a queue; attribute names as in SQS. */
export interface QueueEngine extends CloudService {
  /** Creates the queue or updates its attributes; returns the URL that clients use. */
  createQueue(queue: { name: string; attributes: Readonly<Record<string, string>> }): string;
  /** Puts a message into the queue as SendMessage does, for senders that are no SDK client. */
  send(name: string, message: OutgoingMessage): { messageId: string };
  /** Takes up to `max` messages; resolves with none when `waitMs` has passed. */
  receive(
    name: string,
    options: { max: number; waitMs: number; signal?: AbortSignal },
  ): Promise<QueueMessage[]>;
  delete(name: string, receiptHandles: readonly string[]): void;
  changeVisibility(name: string, receiptHandle: string, seconds: number): void;
  /** Waiting, delayed and in-flight messages, for progress and tests. */
  counts(name: string): { visible: number; delayed: number; inFlight: number };
  /** Removes every message, whatever its state. */
  purge(name: string): void;
  close(): Promise<void>;
}

export interface OutgoingMessage {
  readonly body: string;
  /** The queue's own delay if absent. */
  readonly delaySeconds?: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** In SQS's JSON form. */
  readonly messageAttributes?: Readonly<Record<string, unknown>>;
}

export interface QueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** ApproximateReceiveCount, SentTimestamp, MessageGroupId, ... as strings. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
}

export interface StoredObject {
  readonly body: Buffer;
  /** With quotes, as on the wire. */
  readonly etag: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly lastModified: number;
  /** content-type, cache-control, content-encoding, content-disposition, x-amz-meta-*. */
  readonly headers: Readonly<Record<string, string>>;
  /** `x-amz-checksum-…` as the client sent it. */
  readonly checksum?: Readonly<Record<string, string>>;
}

export interface ObjectEngine extends CloudService {
  createBucket(name: string): void;
  get(bucket: string, key: string): Promise<StoredObject | undefined>;
  /** Everything that is stored, by bucket and key. */
  contents(): ObjectContents;
  /** Makes the buckets hold exactly this again, times and all; unfinished uploads stay as they are. */
  restore(contents: ObjectContents): void;
  close(): Promise<void>;
}

export type ObjectContents = ReadonlyMap<string, ReadonlyMap<string, StoredObject>>;

export interface KeyValueEngine extends CloudService {
  createStore(store: { name: string; arn: string }): void;
  /** What an edge location reads: the writes that are older than the propagation delay. */
  edgeValue(arn: string, key: string): string | undefined;
  /** All keys with their values, by the store's ARN. */
  contents(): KeyValueContents;
  /** Makes the stores hold exactly this again, at the edge at once. */
  restore(contents: KeyValueContents): void;
  close(): Promise<void>;
}

export type KeyValueContents = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface EncryptionKeyEngine extends CloudService {
  /** Creates the key unless it exists. @param key its id is a UUID */
  createKey(key: { id: string; arn: string }): void;
  close(): Promise<void>;
}

export interface SecretEngine extends CloudService {
  /** Creates the secret with this string unless it exists. */
  createSecret(secret: { name: string; arn: string; secretString: string }): void;
  secretString(arn: string): string | undefined;
  close(): Promise<void>;
}
