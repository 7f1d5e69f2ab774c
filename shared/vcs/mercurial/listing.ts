/**
 * The tags and branches of a repository, as Composer's driver lists them.
 * composer/composer: src/Composer/Repository/Vcs/HgDriver.php
 *
 * The driver reads the tables that `hg` prints for people, so a name with white space gets lost there. It is listed here, as left out.
 */
import { z } from 'zod';
import { ForgeError } from '../../forge/errors.ts';

export interface ListedRef {
  readonly name: string;
  /** 40 hex digits. */
  readonly commit: string;
  readonly leftOut?: string | undefined;
}

export interface Listing {
  readonly tags: readonly ListedRef[];
  /** Named branches that are not closed, and bookmarks. */
  readonly branches: readonly ListedRef[];
  readonly defaultBranch: string | undefined;
}

/** What `hg tags`, `hg branches`, `hg bookmarks` and `hg log -r tip` print with the template `json`. */
export interface ListingOutput {
  readonly tags: Buffer;
  readonly branches: Buffer;
  readonly bookmarks: Buffer;
  readonly tip: Buffer;
}

const node = z.string().regex(/^[0-9a-f]{40}$/);
const tagsSchema = z.array(z.object({ tag: z.string(), node, type: z.string().default('') }));
const branchesSchema = z.array(z.object({ branch: z.string(), node, closed: z.boolean().default(false) }));
const bookmarksSchema = z.array(z.object({ bookmark: z.string(), node }));
const tipSchema = z.array(z.object({ branch: z.string() }));

/** The branch that a clone checks out: https://www.mercurial-scm.org/doc/hg.1.html#clone */
const usualDefault = 'default';

/** @throws ForgeError `unexpected` when Mercurial printed something else */
export function listingOf(output: ListingOutput): Listing {
  const tags = parse(tagsSchema, output.tags)
    .filter(({ tag, type }) => tag !== 'tip' && type !== 'local')
    .map(({ tag, node: commit }) => listed(tag, commit));
  const branches = parse(branchesSchema, output.branches)
    .filter(({ closed }) => !closed)
    .map(({ branch, node: commit }) => listed(branch, commit));
  const names = new Set(branches.map(({ name }) => name));
  const bookmarks = parse(bookmarksSchema, output.bookmarks)
    // A branch has preference over a bookmark of its name.
    .filter(({ bookmark }) => !names.has(bookmark))
    .map(({ bookmark, node: commit }) => listed(bookmark, commit));
  const ofTip = parse(tipSchema, output.tip)[0]?.branch;
  const all = [...bookmarks, ...branches].map((ref) => withoutHyphen(ref));
  const hasBranch = (name: string | undefined): boolean =>
    branches.some((branch) => branch.name === name && branch.leftOut === undefined);
  return {
    tags,
    branches: all,
    defaultBranch: [usualDefault, ofTip].find(hasBranch),
  };
}

function listed(name: string, commit: string): ListedRef {
  return /\s/.test(name)
    ? { name, commit, leftOut: 'Composer does not list names with white space in Mercurial.' }
    : { name, commit };
}

function withoutHyphen(ref: ListedRef): ListedRef {
  return ref.name.startsWith('-')
    ? { ...ref, leftOut: 'Composer does not list branches whose names begin with a hyphen.' }
    : ref;
}

function parse<Output>(schema: z.ZodType<Output>, text: Buffer): Output {
  let value: unknown;
  try {
    value = JSON.parse(text.toString('utf8'));
  } catch (cause) {
    throw new ForgeError('unexpected', 'Mercurial printed a list that is no JSON', { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new ForgeError('unexpected', 'Mercurial printed a list of another form', { cause: parsed.error });
  }
  return parsed.data;
}
