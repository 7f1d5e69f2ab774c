/** The proofs that faults are planted for, by what they prove; docs/proofs.md has a row for each. */
export const proofs = {
  table: 'the local DynamoDB',
  queues: 'the local SQS',
  objects: 'the local S3',
  secrets: 'the local Secrets Manager',
  credentials: 'what is held to read a forge',
  integrations: 'the forges that an operator writes down',
  contract: 'what every forge has to keep',
  'key-values': 'the local key-value store',
  cdn: 'the local CDN',
  'http-api': 'the local HTTP API',
  'event-sources': 'the local event sources and schedules',
  template: 'the template interpreter',
  github: 'the simulated GitHub',
  work: 'work that cannot get lost',
  interleavings: 'several workers at once, some of them dying',
  publishing: 'what is published, and in which order',
  removal: 'what owners delete or refuse is away at once, and does not come back',
  facts: 'facts carry their order',
  'removal-guard': 'nothing is taken away by accident',
  history: 'what a run changed, and why',
  synchronization: 'everything between a forge and Composer',
  edge: 'the edge function',
  access: 'who may read what',
  claims: 'rights narrow at once',
  roles: 'organization roles and teams of the enterprise',
  layouts: 'scopes as each forge lays them out',
  names: 'who has a package name',
  composer: "Composer's rules",
  pinned: 'pinned commits and checksums',
} as const;
export type Proof = keyof typeof proofs;

/** A small mistake in the code that a proof has to notice. */
export interface PlantedFault {
  readonly id: string;
  readonly proof: Proof;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The test files of which at least one test has to fail. */
  readonly tests: readonly string[];
  /** Of these only the tests whose names match. */
  readonly only?: string;
  /** What somebody might have got wrong. */
  readonly standsFor: string;
}

/** The fault does not fit the code any more: mend the list. */
export class PlantError extends Error {
  override readonly name = 'PlantError';
}

/**
 * The source with the fault in it.
 *
 * @throws PlantError when its text is not there exactly once
 */
export function plant(source: string, { id, find, replace }: PlantedFault): string {
  const places = find === '' ? 0 : source.split(find).length - 1;
  if (places !== 1) {
    throw new PlantError(`${id}: the text to be replaced is there ${places} times, not once`);
  }
  if (find === replace) {
    throw new PlantError(`${id}: nothing is replaced`);
  }
  return source.replace(find, () => replace);
}
