/** Interfaces between the parts of the local cloud. */

/** The local cloud's time; tests step it. */
export interface CloudClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once the clock has passed `delayMs`; returns the cancellation. */
  after(delayMs: number, run: () => void): () => void;
}

export interface ServiceRequest {
  readonly method: string;
  /** Path with query, not decoded, as received. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Aborted when the client has disconnected, so that it is given nothing any more. */
  readonly signal?: AbortSignal;
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** A local service with the wire protocol of the AWS service that it simulates. */
export interface CloudService {
  handle(request: ServiceRequest): Promise<ServiceResponse>;
}

/** What an event source needs of a queue; attribute names as in SQS. */
export interface QueueEngine extends CloudService {
  /** Creates the queue or updates its attributes; returns the URL that clients use. */
  createQueue(queue: { name: string; attributes: Readonly<Record<string, string>> }): string;
  /** Sends a message as SendMessage does, for senders that do not use the SDK. */
  send(name: string, message: OutgoingMessage): { messageId: string };
  /** Receives up to `max` messages; resolves with none once `waitMs` has passed. */
  receive(
    name: string,
    options: { max: number; waitMs: number; signal?: AbortSignal },
  ): Promise<QueueMessage[]>;
  delete(name: string, receiptHandles: readonly string[]): void;
  changeVisibility(name: string, receiptHandle: string, seconds: number): void;
  /** Numbers of visible, delayed and in-flight messages, for progress and tests. */
  counts(name: string): { visible: number; delayed: number; inFlight: number };
  /** Removes every message, whatever its state. */
  purge(name: string): void;
  close(): Promise<void>;
}

export interface OutgoingMessage {
  readonly body: string;
  /** By default the queue's own delay. */
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
  /** The `x-amz-checksum-…` headers that the client sent. */
  readonly checksum?: Readonly<Record<string, string>>;
}

export interface ObjectEngine extends CloudService {
  createBucket(name: string): void;
  get(bucket: string, key: string): Promise<StoredObject | undefined>;
  /** Everything that is stored, by bucket and key. */
  contents(): ObjectContents;
  /** Restores exactly these contents, times included; unfinished uploads are not changed. */
  restore(contents: ObjectContents): void;
  close(): Promise<void>;
}

export type ObjectContents = ReadonlyMap<string, ReadonlyMap<string, StoredObject>>;

export interface KeyValueEngine extends CloudService {
  createStore(store: { name: string; arn: string }): void;
  /** The value at an edge location: writes are visible once they are older than the propagation delay. */
  edgeValue(arn: string, key: string): string | undefined;
  /** All keys with their values, by the store's ARN. */
  contents(): KeyValueContents;
  /** Restores exactly these contents, at the edge immediately. */
  restore(contents: KeyValueContents): void;
  close(): Promise<void>;
}

export type KeyValueContents = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface EncryptionKeyEngine extends CloudService {
  /** Creates the key unless it exists. @param key its id is a UUID */
  createKey(key: { id: string; arn: string }): void;
  close(): Promise<void>;
}

export interface ParameterEngine extends CloudService {
  /** Creates the parameter, or gives it this value. */
  putParameter(parameter: { name: string; arn: string; value: string }): void;
  close(): Promise<void>;
}

export interface SecretEngine extends CloudService {
  /** Creates the secret with this string unless it exists. */
  createSecret(secret: { name: string; arn: string; secretString: string }): void;
  secretString(arn: string): string | undefined;
  close(): Promise<void>;
}
