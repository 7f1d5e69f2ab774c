/** From refs to the commits that they lead to. */
import { ForgeError } from '../errors.ts';
import { expectSame } from './account.ts';
import { inParts, placed, tagTargetsQuery } from './object-queries.ts';
import type { Requests } from './requests.ts';
import type { Commit, Ref } from './schema.ts';

/** A ref at its commit, all tags in between taken off. */
export interface PeeledRef {
  readonly name: string;
  readonly commit: Commit;
}

export interface PeeledRefs {
  readonly refs: readonly PeeledRef[];
  /** Refs that lead to no commit, and why, in words for an owner. */
  readonly unusable: readonly { readonly name: string; readonly reason: string }[];
}

/** One query follows three tags; the tags beyond those that come with the list of refs are looked up so many times. */
const lookUpsMax = 10;
const tagsMax = 3 + lookUpsMax * 3;

/**
 * The commits of refs. A ref may lead to one through any number of tags; those beyond the third are asked for by their hashes.
 *
 * @param repository the ids that GraphQL and its answers know it by
 * @throws ForgeError `incomplete` when GitHub does not show what it has just named
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
      unusable.push({ name, reason: whyNoCommit[target.__typename] });
    }
  }
  return { refs: peeled, unusable };
}

const whyNoCommit = {
  Blob: 'It leads to a file, not to a commit.',
  Tree: 'It leads to a folder, not to a commit.',
  Tag: `It is a tag of a tag of a tag, and so on for more than ${tagsMax} tags; they are not followed further.`,
} as const;

/** A commit, what is none, or a tag that has to be looked up. */
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
  const ends = await inParts(tags, async (part) => {
    const variables = { repository: repository.nodeId, ...placed('oid', part) };
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
