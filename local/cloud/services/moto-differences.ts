import type { Differences } from './contract-checks.ts';

/**
 * Where moto 5.2.1 differs from AWS, or from what we take of the choices that AWS leaves open, by the contract's check. An
 * entry whose difference went away fails the run.
 */
export const motoQueueDifferences: Differences = {
  'a message is not deleted by an older handle, which is accepted':
    'SQS may delete it or not; moto does, and our queues do not, since code must bear that',
  'a message not in flight any more cannot be held': 'moto accepts it',
  'a message has only characters of XML, and at least one': 'moto takes an empty message',
  'batches succeed and fail by entry': 'moto gives SenderFault as text',
  'a queue is emptied once a minute': 'moto does not count',
  'a queue refuses handles that it never gave': "moto answers 400 where the service's model says 404",
  'a queue is not created with an unknown attribute': 'moto keeps it',
  'a queue is not created with a standard queue with deduplication': 'moto keeps the attribute',
  'a queue is not created with an unknown deduplication scope': 'moto keeps it',
};

export const motoFifoDifferences: Differences = {
  'a FIFO queue numbers its messages upwards': 'moto draws the numbers at random',
  'a FIFO queue answers to a duplicate with the ids of the first': 'moto gives a duplicate an id of its own',
  'a FIFO queue takes a message once even if it was deleted': 'moto looks only at messages that are there',
  'a FIFO queue deduplicates by group if it is told to': 'moto deduplicates by queue',
  'a FIFO queue refuses an expired handle': 'moto accepts it',
  'dead letters say which standard queue they come from': 'moto has no DeadLetterQueueSourceArn',
  'dead letters say which FIFO queue they come from': 'moto has no DeadLetterQueueSourceArn',
};

export const motoObjectDifferences: Differences = {
  'objects are copied on a condition': 'moto does not look at conditions of a copy',
  'conditional reads let a matching ETag outweigh the date': 'moto answers 412 for the date',
  'conditional reads leave the date aside when the ETag is another':
    'moto answers 304 for the date all the same; S3 describes only the other combination',
  'conditional reads send the validators and Cache-Control with 304': 'moto sends no Last-Modified with 304',
  'conditional writes know If-None-Match with a star only': 'moto accepts an ETag',
  'deleting many takes no more than 1,000': 'moto takes more',
  'deleting many is quiet about what went well, if told to': 'moto lists what it deleted',
  'deleting many keeps what has another ETag': 'moto does not look at ETags there',
};

export const motoUploadDifferences: Differences = {
  'checksums that are wrong keep the object from being written': 'moto does not compute them',
  'multipart uploads are gone once complete': 'moto completes them again',
  'multipart uploads that were aborted cannot complete': 'moto fails with 500',
};

export const motoTransactionDifferences: Differences = {
  'a transaction is applied once under its token': 'moto applies it again',
};

export const motoEncryptionKeyDifferences: Differences = {
  'what is no data key is refused': 'moto takes its key for one of another account',
  'a data key is not decrypted by another key': 'moto denies access, where KMS names the key as incorrect',
};
