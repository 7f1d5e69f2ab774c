/** Schemas of recorded changes, parsed when they are loaded. */
import { z } from 'zod';
import type { RecordedChange } from '../domain/change.ts';
import { evidenceKinds } from '../domain/evidence.ts';
import { asId, type ForgeRepositoryId } from '../domain/ids.ts';
import { parseFact } from '../forge/fact-schema.ts';

export const FactField = z.unknown().transform(parseFact);
export const EvidenceField = z.array(z.enum(evidenceKinds)).readonly();

const holder = z.object({
  repository: z.string().transform((text) => asId<ForgeRepositoryId>(text)),
  number: z.number(),
});
const evidence = EvidenceField;

const ChangeItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('add'), after: FactField, evidence }),
  z.object({ kind: z.literal('update'), before: FactField, after: FactField, evidence }),
  z.object({ kind: z.literal('return'), after: FactField, evidence }),
  z.object({ kind: z.literal('remove'), before: FactField, evidence }),
  z.object({
    kind: z.literal('package-name'),
    name: z.string(),
    before: holder,
    after: holder,
    reason: z.string(),
  }),
]);

/** A change; earlier versions stored a line of text. */
export type StoredChange = RecordedChange | string;

export const StoredChanges = z.array(z.union([z.string(), ChangeItem])).readonly();
