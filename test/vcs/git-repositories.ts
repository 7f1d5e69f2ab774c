/** Purpose-made git repositories, written by `git fast-import` and so the same each time. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** A file by its text, or what else is at a path. */
export type Content = string | Uint8Array | { readonly link: string } | { readonly submodule: string };

export interface Step {
  /** Full names, `refs/heads/main`; the commit follows on the one that the first has. Bytes one to a character. */
  readonly refs: readonly string[];
  readonly files?: Readonly<Record<string, Content | null>>;
  /** Seconds since the epoch, as the author's; the committer's is a day later. */
  readonly at?: number;
  /** Annotated tags of it. */
  readonly tags?: readonly string[];
}

export const environment = {
  PATH: process.env.PATH,
  ...{ GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', HOME: '/nonexistent' },
  ...{ GIT_AUTHOR_NAME: 'Ann', GIT_AUTHOR_EMAIL: 'ann@example.com', GIT_AUTHOR_DATE: '1700000000 +0000' },
  ...{ GIT_COMMITTER_NAME: 'Ann', GIT_COMMITTER_EMAIL: 'ann@example.com' },
  GIT_COMMITTER_DATE: '1700000000 +0000',
};

/** Runs git in a repository, and gives what it prints. */
export const gitIn = (folder: string, args: readonly string[], input?: string | Uint8Array): string =>
  execFileSync('git', ['-C', folder, ...args], {
    ...{ env: environment, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] },
    ...{ maxBuffer: 1024 ** 3, ...(input !== undefined && { input }) },
  }).trim();

export const manifest = (more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ name: 'acme/lib', ...more });

/** @returns the repository's folder */
export function makeRepository(
  folder: string,
  name: string,
  steps: readonly Step[],
  { format = 'sha1', head = 'main' }: { readonly format?: 'sha1' | 'sha256'; readonly head?: string } = {},
): string {
  const at = join(folder, name);
  mkdirSync(at, { recursive: true });
  gitIn(at, [
    'init',
    '--quiet',
    '--bare',
    '--template=',
    `--object-format=${format}`,
    `--initial-branch=${head}`,
  ]);
  addTo(at, steps);
  return at;
}

/** Adds commits to a repository. */
export function addTo(at: string, steps: readonly Step[]): void {
  const parts: Buffer[] = [];
  const write = (text: string | Uint8Array) =>
    parts.push(typeof text === 'string' ? Buffer.from(text, 'latin1') : Buffer.from(text));
  const data = (bytes: Buffer) => {
    write(`data ${bytes.length}\n`);
    write(bytes);
    write('\n');
  };
  for (const [
    place,
    { refs, files = {}, at: seconds = 1_700_000_000 + place * 60, tags = [] },
  ] of steps.entries()) {
    const [first = 'refs/heads/main', ...others] = refs;
    const isFirst = !seenIn(steps.slice(0, place), first);
    if (isFirst && existing(at, first)) write(`reset ${first}\nfrom ${first}^0\n\n`);
    write(`commit ${first}\nmark :${place + 1}\nauthor Ann <ann@example.com> ${seconds} +0100\n`);
    write(`committer Bob <bob@example.com> ${seconds + 86_400} +0000\n`);
    data(Buffer.from(`step ${place}`));
    for (const [path, content] of Object.entries(files)) {
      if (content === null) write(`D ${path}\n`);
      else if (typeof content === 'object' && 'submodule' in content)
        write(`M 160000 ${content.submodule} ${path}\n`);
      else {
        const isLink = typeof content === 'object' && 'link' in content;
        write(`M ${isLink ? '120000' : '100644'} inline ${path}\n`);
        data(isLink ? Buffer.from(content.link) : Buffer.from(content as string));
      }
    }
    for (const ref of others) write(`reset ${ref}\nfrom :${place + 1}\n\n`);
    for (const tag of tags) {
      write(`tag ${tag}\nfrom :${place + 1}\ntagger Ann <ann@example.com> ${seconds + 5} +0000\n`);
      data(Buffer.from(`Version ${tag}`));
    }
  }
  gitIn(at, ['fast-import', '--quiet', '--force'], Buffer.concat(parts));
}

const seenIn = (steps: readonly Step[], ref: string): boolean => steps.some(({ refs }) => refs[0] === ref);

function existing(at: string, ref: string): boolean {
  try {
    gitIn(at, ['rev-parse', '--verify', '--quiet', ref]);
    return true;
  } catch {
    return false;
  }
}
