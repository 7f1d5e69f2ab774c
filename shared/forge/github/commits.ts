/** Resolves refs to commits. */
import { ForgeError } from '../errors.ts';
import { expectSame } from '../http.ts';
import { inBatches, numberedVariables, tagTargetsQuery } from './object-queries.ts';
import type { Requests } from './requests.ts';
import type { Commit, Ref } from './schema.ts';

/** A ref with its commit, after following all tag objects. */
export interface PeeledRef {
  readonly name: string;
  readonly commit: Commit;
}

export interface PeeledRefs {
  readonly refs: readonly PeeledRef[];
  /** Refs that do not lead to a commit, and why, as text for an owner. */
  readonly unusable: readonly { readonly name: string; readonly reason: string }[];
}

/** One query follows three tags. This is how many further queries may follow longer chains. */
const lookUpsMax = 10;
const tagsMax = 3 + lookUpsMax * 3;

/**
 * Finds the commits of refs. A ref may lead to its commit through any number of tags; those beyond the third are looked up by hash.
 *
 * @param repository its ids in GraphQL queries and in their responses
 * @throws ForgeError `incomplete` when GitHub does not find a tag that it has just named
 */
export async function peelRefs(
  requests: Requests,
  repository: { readonly id: string; readonly nodeId: string },
  refs: readonly Ref[],
): Promise<PeeledRefs> {
  const targets = new Map(refs.map((ref) => [ref.name, innermost(ref.target)]));
  for (let round = 0; round < lookUpsMax; round += 1) {
    const open = [...targets].flatMap(([name, target]) =>
      target.__typename === 'Tag' ? [{ name, target }] : [],
    );
    if (open.length === 0) {
      break;
    }
    const oids = [...new Set(open.map(({ target }) => target.oid))];
    const found = await readTargets(requests, repository, oids);
    for (const { name, target } of open) {
      targets.set(name, found.get(target.oid) ?? target);
    }
  }
  const peeled: PeeledRef[] = [];
  const unusable: { name: string; reason: string }[] = [];
  for (const [name, target] of targets) {
    if (target.__typename === 'Commit') {
      peeled.push({ name, commit: target });
    } else {
      unusable.push({ name, reason: noCommitReasons[target.__typename] });
    }
  }
  return { refs: peeled, unusable };
}

const noCommitReasons = {
  Blob: 'It leads to a file, not to a commit.',
  Tree: 'It leads to a folder, not to a commit.',
  Tag: `It is a tag of a tag of a tag, and so on for more than ${tagsMax} tags; they are not followed further.`,
} as const;

/** The end of a chain of tags: a commit, another object, or a tag that has to be looked up. */
type End =
  | Commit
  | { readonly __typename: 'Tree' | 'Blob' }
  | { readonly __typename: 'Tag'; readonly oid: string };
type Target = End | { readonly __typename: 'Tag'; readonly target: Target };

function innermost(target: Target): End {
  let end = target;
  while ('target' in end) {
    end = end.target;
  }
  return end;
}

async function readTargets(
  requests: Requests,
  repository: { readonly id: string; readonly nodeId: string },
  tags: readonly string[],
): Promise<ReadonlyMap<string, End>> {
  const ends = await inBatches(tags, async (part) => {
    const variables = { repository: repository.nodeId, ...numberedVariables('oid', part) };
    const { node } = await requests.query(tagTargetsQuery(part.length), variables);
    expectSame(node.databaseId, repository.id);
    return part.map((_, place) => {
      const target = node.objects[place];
      if (!target) {
        throw new ForgeError('incomplete', 'GitHub lists a tag but does not return it');
      }
      return innermost(target);
    });
  });
  return new Map(tags.flatMap((tag, place) => (ends[place] ? [[tag, ends[place]]] : [])));
}
