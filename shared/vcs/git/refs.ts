/** The refs of a repository as `git ls-remote --symref` prints them, in the order and with the names of Composer's GitDriver. */

export interface ListedRef {
  readonly kind: 'tag' | 'branch';
  readonly name: string;
  /** What the server calls the ref's object; of an annotated tag, the tag. */
  readonly oid: string;
  /** What it leads to. */
  readonly target: string;
  /** Why Composer's GitDriver does not list it: a sentence for the package's owner. */
  readonly leftOut: string | undefined;
}

export interface ListedRefs {
  /** By the bytes of their names, tags and branches each. */
  readonly refs: readonly ListedRef[];
  /** Names that are not UTF-8, as well as they can be shown. */
  readonly unreadable: readonly { readonly kind: 'tag' | 'branch'; readonly name: string }[];
  readonly defaultBranch: string | undefined;
}

const line = /^([0-9a-f]{40}(?:[0-9a-f]{24})?)\trefs\/(heads|tags)\/(.+?)(\^\{\})?$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param output the bytes that git printed; refs of other kinds are left out */
export function parseRefs(output: Buffer): ListedRefs {
  const found = new Map<string, { kind: 'tag' | 'branch'; name: string; oid: string; target: string }>();
  let head: string | undefined;
  let headOid: string | undefined;
  // One character for each byte, so that the order is that of the bytes.
  for (const text of output.toString('latin1').split('\n')) {
    head ??= /^ref: refs\/heads\/(.+)\tHEAD$/.exec(text)?.[1];
    headOid ??= /^([0-9a-f]+)\tHEAD$/.exec(text)?.[1];
    const [, oid = '', folder, name = '', peeled] = line.exec(text) ?? [];
    const kind = folder === 'tags' ? 'tag' : 'branch';
    const key = `${kind}/${name}`;
    const known = found.get(key);
    if (peeled !== undefined && known !== undefined) {
      found.set(key, { ...known, target: oid });
    } else if (folder !== undefined && peeled === undefined) {
      found.set(key, { kind, name, oid, target: oid });
    }
  }
  const sorted = [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  const decoded = sorted.map((ref) => ({ ...ref, text: decode(ref.name) }));
  return {
    refs: decoded.flatMap(({ text, ...ref }) =>
      text === undefined ? [] : [{ ...ref, name: text, leftOut: whyLeftOut(ref.kind, text) }],
    ),
    unreadable: decoded.flatMap(({ kind, name, text }) =>
      text === undefined ? [{ kind, name: Buffer.from(name, 'latin1').toString('utf8') }] : [],
    ),
    defaultBranch: defaultBranchOf(sorted, head, headOid),
  };
}

function decode(name: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(name, 'latin1'));
  } catch {
    return undefined;
  }
}

/** As GitDriver::getBranches has it: https://github.com/composer/composer/blob/2.10.2/src/Composer/Repository/Vcs/GitDriver.php */
function whyLeftOut(kind: 'tag' | 'branch', name: string): string | undefined {
  if (kind === 'tag') return undefined;
  if (name.startsWith('-')) return 'Composer reads no branch whose name begins with a dash.';
  return /^[^/]+\/HEAD$/.test(name)
    ? 'Composer takes the branch for the head of a remote, and does not read it.'
    : undefined;
}

/**
 * The branch that HEAD names. A server that does not say which that is, by an old protocol, leaves it to be guessed as git does: `guess_remote_head` in
 * https://github.com/git/git/blob/v2.39.5/remote.c
 */
function defaultBranchOf(
  refs: readonly { readonly kind: string; readonly name: string; readonly oid: string }[],
  head: string | undefined,
  headOid: string | undefined,
): string | undefined {
  const branches = refs.filter(({ kind }) => kind === 'branch');
  const found =
    head === undefined
      ? [branches.find(({ name }) => name === 'master'), ...branches].find(
          (branch) => branch !== undefined && branch.oid === headOid,
        )
      : branches.find(({ name }) => name === head);
  return found && decode(found.name);
}
