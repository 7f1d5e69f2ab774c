import type { Differences } from './contract-checks.ts';

/**
 * Where moto 5.2.1 differs from AWS, or from our choice where AWS leaves one, by the contract's check. An entry without a difference any
 * more fails the run.
 */
export const motoQueueDifferences: Differences = {
  'a message is not deleted by an older handle, which is accepted':
    'SQS may delete it or not; moto does, and our queues do not, since code must bear that',
  'the visibility time-out of a message that is not in flight cannot be changed': 'moto accepts it',
  'a message has only characters allowed in XML, and at least one': 'moto takes an empty message',
  'batches succeed and fail by entry': 'moto gives SenderFault as text',
  'a queue is purged at most once a minute': 'moto does not count',
  'a queue refuses handles that it never issued': "moto answers 400 where the service's model says 404",
  'a queue is not created with an unknown attribute': 'moto keeps it',
  'a queue is not created with a standard queue with deduplication': 'moto keeps the attribute',
  'a queue is not created with an unknown deduplication scope': 'moto keeps it',
};

export const motoFifoDifferences: Differences = {
  'a FIFO queue gives messages increasing sequence numbers': 'moto draws the numbers at random',
  'a FIFO queue answers a duplicate with the ids of the first message':
    'moto gives a duplicate an id of its own',
  'a FIFO queue accepts a message once even if it was deleted': 'moto looks only at messages that are there',
  'a FIFO queue deduplicates by group if configured to': 'moto deduplicates by queue',
  'a FIFO queue refuses an expired handle': 'moto accepts it',
  'dead letters say which standard queue they come from': 'moto has no DeadLetterQueueSourceArn',
  'dead letters say which FIFO queue they come from': 'moto has no DeadLetterQueueSourceArn',
};

export const motoObjectDifferences: Differences = {
  'objects are copied conditionally': 'moto does not look at conditions of a copy',
  'conditional reads give a matching ETag precedence over the date': 'moto answers 412 for the date',
  'conditional reads ignore the date if the ETag differs':
    'moto answers 304 for the date all the same; S3 describes only the other combination',
  'conditional reads send the validators and Cache-Control with 304': 'moto sends no Last-Modified with 304',
  'conditional writes accept If-None-Match only with a star': 'moto accepts an ETag',
  'deleting many accepts no more than 1,000': 'moto takes more',
  'deleting many omits successes on request': 'moto lists what it deleted',
  'deleting many keeps objects with another ETag': 'moto does not look at ETags there',
};

export const motoUploadDifferences: Differences = {
  'wrong checksums prevent the object from being written': 'moto does not compute them',
  'multipart uploads are gone once complete': 'moto completes them again',
  'aborted multipart uploads cannot complete': 'moto fails with 500',
};

export const motoTransactionDifferences: Differences = {
  'a transaction is applied once per token': 'moto applies it again',
};

export const motoEncryptionKeyDifferences: Differences = {
  'anything that is no data key is refused': 'moto takes its key for one of another account',
  'a data key is not decrypted by another key': 'moto denies access, where KMS names the key as incorrect',
};
