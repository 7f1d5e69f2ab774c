import { fastImport } from './fast-import.ts';
import { runGit } from './run-git.ts';

/** A file's new text, its removal, or a symbolic link. */
export type FileChange = string | null | { readonly symlink: string };

/** `{from: v1.0.0, minors: 2, patches: 3}` is v1.0.0, v1.0.1, v1.0.2, v1.1.0, v1.1.1, v1.1.2. */
export interface TagSeries {
  readonly from: string;
  readonly minors: number;
  readonly patches: number;
}

/** One commit, or one for each of its tags. */
export interface HistoryStep {
  readonly message?: string;
  /** Branch to commit to; the default branch if left out. */
  readonly branch?: string;
  /** Where a new branch starts: a branch, a tag or a commit; by default the tip of the default branch. */
  readonly from?: string;
  /** Login of the author. */
  readonly author?: string;
  /** Merged into `composer.json` as a JSON merge patch (RFC 7396): null removes. */
  readonly manifest?: Readonly<Record<string, unknown>> | null;
  readonly files?: Readonly<Record<string, FileChange>>;
  /** The first tag points at the step's commit; for every other one a commit is made that adds to CHANGELOG.md. */
  readonly tags?: string | readonly string[] | TagSeries;
  readonly annotated?: boolean;
}

export interface HistoryPerson {
  readonly name: string;
  readonly email: string;
}

export interface HistoryOptions {
  /** Bare repository to write to. */
  readonly directory: string;
  readonly defaultBranch: string;
  readonly person: (login: string | undefined) => HistoryPerson;
  /** Time of the first commit, in milliseconds since the epoch. */
  readonly startAt: number;
  /** Time between two commits, in milliseconds. */
  readonly interval: number;
  /** Existing heads and tags, by full name. */
  readonly refs: ReadonlyMap<string, string>;
}

/** Thrown when a step names something that does not exist. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
}

/** What later steps need to know of a commit. */
interface Tip {
  /** Mark or object id, as fast-import writes it. */
  readonly id: string;
  readonly manifest: string | undefined;
  readonly changelog: string;
}

const manifestPath = 'composer.json';
const changelogPath = 'CHANGELOG.md';

/**
 * Writes commits, branches and tags in one `git fast-import`. The same steps give the same commit ids.
 *
 * @returns the time of the last commit, in milliseconds since the epoch.
 * @throws {HistoryError} for a starting point that does not exist.
 */
export async function writeHistory(options: HistoryOptions, steps: readonly HistoryStep[]): Promise<number> {
  const stream: string[] = [];
  const tips = new Map<string, Tip>();
  let marks = 0;
  let at = options.startAt - options.interval;

  const tipOf = async (name: string): Promise<Tip | undefined> => {
    for (const ref of [`refs/heads/${name}`, `refs/tags/${name}`]) {
      const known = tips.get(ref);
      if (known !== undefined) return known;
      const id = options.refs.get(ref);
      if (id !== undefined) return readTip(options.directory, id);
    }
    return /^[0-9a-f]{40}$/.test(name) ? readTip(options.directory, name) : undefined;
  };

  const parentOf = async (step: HistoryStep, branch: string): Promise<Tip | undefined> => {
    if (step.from !== undefined) {
      const start = await tipOf(step.from);
      if (start === undefined)
        throw new HistoryError(`there is no branch, tag or commit "${step.from}" to start from`);
      return start;
    }
    const ref = `refs/heads/${branch}`;
    return tips.has(ref) || options.refs.has(ref) ? tipOf(branch) : tipOf(options.defaultBranch);
  };

  const commit = (
    step: HistoryStep,
    parent: Tip | undefined,
    branch: string,
    tag: string | undefined,
  ): Tip => {
    marks += 1;
    at += options.interval;
    const person = options.person(step.author);
    const signature = `${clean(person.name)} <${clean(person.email)}> ${Math.floor(at / 1000)} +0000`;
    const message = step.message ?? (tag === undefined ? 'Update' : `Release ${tag}`);
    stream.push(`commit refs/heads/${branch}\nmark :${marks}\nauthor ${signature}\ncommitter ${signature}\n`);
    stream.push(data(message));
    if (parent !== undefined) stream.push(`from ${parent.id}\n`);

    let { manifest, changelog = '' } = parent ?? { manifest: undefined };
    if (step.manifest !== undefined) {
      manifest = patchManifest(manifest, step.manifest);
      stream.push(fileChange(manifestPath, manifest ?? null));
    }
    for (const [path, change] of Object.entries(step.files ?? {})) {
      stream.push(fileChange(path, change));
      if (path === manifestPath) manifest = typeof change === 'string' ? change : undefined;
    }
    if (tag !== undefined) {
      changelog = `## ${tag}\n\n${changelog}`;
      stream.push(fileChange(changelogPath, changelog));
    }
    const tip = { id: `:${marks}`, manifest, changelog };
    tips.set(`refs/heads/${branch}`, tip);
    if (tag !== undefined) {
      tips.set(`refs/tags/${tag}`, tip);
      stream.push(
        step.annotated
          ? `tag ${tag}\nfrom ${tip.id}\ntagger ${signature}\n${data(`Release ${tag}`)}`
          : `reset refs/tags/${tag}\nfrom ${tip.id}\n`,
      );
    }
    return tip;
  };

  for (const step of steps) {
    const branch = step.branch ?? options.defaultBranch;
    const [first, ...rest] = tagNames(step.tags);
    let tip = commit(step, await parentOf(step, branch), branch, first);
    const { files: _files, manifest: _manifest, message: _message, ...onlyTags } = step;
    for (const tag of rest) tip = commit(onlyTags, tip, branch, tag);
  }
  await fastImport(options.directory, stream.join(''), options.refs.size > 0);
  return at;
}

/** Expands a step's `tags` to names. */
export function tagNames(tags: HistoryStep['tags']): string[] {
  if (tags === undefined) return [];
  if (typeof tags === 'string') return [tags];
  if (!('from' in tags)) return [...tags];
  const { prefix, major, minor, patch } = parseVersion(tags.from);
  return Array.from({ length: tags.minors }, (_, m) =>
    Array.from(
      { length: tags.patches },
      (_, p) => `${prefix}${major}.${minor + m}.${(m === 0 ? patch : 0) + p}`,
    ),
  ).flat();
}

function parseVersion(text: string): { prefix: string; major: number; minor: number; patch: number } {
  const match = /^(\D*)(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (match === null) throw new HistoryError(`"${text}" is no version like 1.0.0 or v1.0.0`);
  const [, prefix = '', major, minor, patch] = match;
  return { prefix, major: Number(major), minor: Number(minor), patch: Number(patch) };
}

async function readTip(directory: string, id: string): Promise<Tip> {
  const read = (path: string): Promise<string | undefined> =>
    runGit(['--git-dir', directory, 'show', `${id}^{commit}:${path}`]).catch(() => undefined);
  const [manifest, changelog] = await Promise.all([read(manifestPath), read(changelogPath)]);
  // fast-import accepts no tag object as a parent.
  const commit = await runGit(['--git-dir', directory, 'rev-parse', '--verify', '--quiet', `${id}^{commit}`]);
  return { id: commit.trim(), manifest, changelog: changelog ?? '' };
}

function patchManifest(
  current: string | undefined,
  patch: Readonly<Record<string, unknown>> | null,
): string | undefined {
  if (patch === null) return undefined;
  let base: unknown = {};
  try {
    base = JSON.parse(current ?? '{}');
  } catch {
    // Not valid JSON: a manifest that a step broke on purpose is replaced.
  }
  return `${JSON.stringify(mergePatch(base, patch), undefined, 4)}\n`;
}

/** Applies a JSON merge patch: RFC 7396, section 2. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fileChange(path: string, change: FileChange): string {
  const name = JSON.stringify(path);
  if (change === null) return `D ${name}\n`;
  if (typeof change === 'string') return `M 100644 inline ${name}\n${data(change)}`;
  return `M 120000 inline ${name}\n${data(change.symlink)}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function clean(text: string): string {
  return text.replace(/[<>\n]/g, '');
}
