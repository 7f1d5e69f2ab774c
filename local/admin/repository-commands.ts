/** Repositories at a URL: adding, testing, changing and removing them. Secrets come from a file or from standard input, never from the command line. */
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { AdminError } from '../start/admin-error.ts';
import { UsageError } from '../start/options.ts';
import { type Flags, needed } from './calls.ts';
import { exitCodes } from './exit-codes.ts';
import { indent, when } from './print.ts';
import { type Command, noMore, type Printed } from './synchronization-commands.ts';

type Act = (command: Command, more: readonly string[]) => Promise<Printed>;

const acts: Readonly<Record<string, Act>> = { add, show, test, change, hook, remove };

/** By the name of the command. */
export const repositoryCommands: Readonly<Record<string, (command: Command) => Promise<Printed>>> = {
  repository: async (command) => {
    const [name, ...more] = command.rest;
    if (name === undefined) return list(command);
    const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
    if (act === undefined) {
      throw new UsageError(`repository takes ${Object.keys(acts).join(', ')}, not ${name}`);
    }
    return act(command, more);
  },
};

const Repository = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  kind: z.string(),
  credential: z.string(),
  publicKey: z.string().optional(),
  hostKey: z.string().optional(),
  offeredHostKey: z.string().optional(),
  allowsPrivate: z.boolean(),
  allowsHttp: z.boolean(),
  readers: z.object({ everyone: z.boolean(), teams: z.array(z.object({ name: z.string() })) }),
  state: z.string(),
  lastReadAt: z.string().optional(),
  nextReadAt: z.string().optional(),
  lastFailure: z.object({ at: z.string(), code: z.string(), message: z.string() }).optional(),
  hook: z.object({ url: z.string(), pushedAt: z.string().optional() }).optional(),
  packages: z.array(z.string()),
  reason: z.string().optional(),
  waiting: z.array(z.object({ name: z.string(), reason: z.string() })),
});
type Repository = z.infer<typeof Repository>;

const slugOf = ({ slug }: Command): string => needed(slug, "repository needs the organization's slug");

async function list(command: Command): Promise<Printed> {
  const slug = slugOf(command);
  const answer = await command.client.invoke('list-vcs-repositories', { slug });
  const { items } = z.object({ items: z.array(Repository) }).parse(answer);
  return {
    answer,
    lines:
      items.length === 0
        ? [`${slug} has no repositories at a URL`]
        : items.map(({ id, name, kind, state, packages }) =>
            [id, kind, name, state, packages.join(', ') || 'no package'].join('  '),
          ),
  };
}

async function add(command: Command, [url, ...more]: readonly string[]): Promise<Printed> {
  noMore('repository add', more);
  const { flags } = command;
  const slug = slugOf(command);
  const credential = await credentialOf(flags);
  const added = Repository.parse(
    await command.client.invoke('add-vcs-repository', {
      ...{ slug, url: needed(url, 'repository add needs a URL'), kind: flags.kind },
      ...{ credential: credential ?? { kind: 'none' }, readers: readersOf(flags) },
      ...settingsOf(flags),
    }),
  );
  if (added.publicKey === undefined) {
    return tested(command, slug, added);
  }
  return {
    answer: added,
    lines: [
      ...textOf(added),
      'give this public key to its server, for reading only, and then test it:',
      `npm run admin -- repository ${slug} test ${added.id}`,
    ],
  };
}

async function show(command: Command, more: readonly string[]): Promise<Printed> {
  const answer = Repository.parse(
    await command.client.invoke('read-vcs-repository', named(command, 'show', more)),
  );
  return { answer, lines: textOf(answer) };
}

async function test(command: Command, more: readonly string[]): Promise<Printed> {
  const input = named(command, 'test', more);
  const before = Repository.parse(await command.client.invoke('read-vcs-repository', input));
  await command.client.invoke('scan-vcs-repository', input);
  return tested(command, input.slug, before);
}

async function change(command: Command, more: readonly string[]): Promise<Printed> {
  const { flags } = command;
  const input = named(command, 'change', more);
  const credential = await credentialOf(flags);
  const readers = readersOf(flags);
  const wanted = {
    ...settingsOf(flags),
    ...(credential && { credential }),
    ...(readers && { readers }),
    ...(flags['accept-host-key'] !== undefined && { acceptHostKey: flags['accept-host-key'] }),
  };
  if (Object.keys(wanted).length === 0) {
    throw new UsageError('repository change needs what is to be changed; --help lists it');
  }
  const answer = Repository.parse(
    await command.client.invoke('change-vcs-repository', { ...input, ...wanted }),
  );
  const isReadNow = credential?.kind !== 'ssh-key' && Object.keys(wanted).some((name) => name !== 'readers');
  return isReadNow ? tested(command, input.slug, answer) : { answer, lines: textOf(answer) };
}

async function hook(command: Command, more: readonly string[]): Promise<Printed> {
  const input = { ...named(command, 'hook', more), why: command.flags.why };
  const answer = await command.client.invoke('renew-vcs-hook', input);
  const { url, secret } = z.object({ url: z.string(), secret: z.string() }).parse(answer);
  return {
    answer,
    lines: [
      `address: ${url}`,
      `secret:  ${secret}`,
      'the secret is shown once; one before is accepted for a day (docs/api.md says how servers send it)',
    ],
  };
}

async function remove(command: Command, more: readonly string[]): Promise<Printed> {
  const input = named(command, 'remove', more);
  const { name } = Repository.parse(await command.client.invoke('read-vcs-repository', input));
  if (command.flags.confirm !== name) {
    return {
      answer: { done: false, name },
      lines: [
        `nothing is removed yet; nobody installs packages of ${name} any more once it is: --confirm ${name}`,
      ],
    };
  }
  await command.client.invoke('remove-vcs-repository', input);
  return {
    answer: { done: true, name },
    lines: [`${name} is removed with its credential; its packages are kept for 90 days`],
  };
}

function named(command: Command, act: string, [repository, ...more]: readonly string[]) {
  noMore(`repository ${act}`, more);
  return {
    slug: slugOf(command),
    repository: needed(repository, `repository ${act} needs a repository: its id, URL or name`),
  };
}

/** The interval between two looks at a repository that is being read; milliseconds. */
const lookMs = 1000;
/** After this time the command ends; the reading goes on without it. */
const waitMs = 15 * 60_000;

/** Waits until the repository was read again. @param before as it was when that was asked for */
async function tested(command: Command, slug: string, before: Repository): Promise<Printed> {
  const input = { slug, repository: before.id };
  let last = '';
  for (let waited = 0; waited < waitMs; waited += lookMs) {
    const answer = Repository.parse(await command.client.invoke('read-vcs-repository', input));
    const isAnother =
      answer.lastReadAt !== before.lastReadAt || answer.lastFailure?.at !== before.lastFailure?.at;
    if (isAnother && (answer.state === 'working' || answer.state === 'failed')) {
      const exitCode = answer.state === 'working' ? exitCodes.done : exitCodes.failed;
      return { answer, lines: textOf(answer), exitCode };
    }
    command.progress(answer.state === last ? [] : ['being read']);
    last = answer.state;
    await setTimeout(lookMs);
  }
  throw new AdminError('it is still being read; repository show says how far it is', 'too-early');
}

function textOf(one: Repository): readonly string[] {
  const { everyone, teams } = one.readers;
  const readers = [...(everyone ? ['everyone'] : []), ...teams.map(({ name }) => name)];
  const { lastFailure, hook: told } = one;
  const lines = [
    `state: ${one.state}${one.lastReadAt === undefined ? '' : `, last read ${when(one.lastReadAt)}`}${
      one.nextReadAt === undefined ? '' : `, next ${when(one.nextReadAt)}`
    }`,
    lastFailure && `failure: ${when(lastFailure.at)} ${lastFailure.code}: ${lastFailure.message}`,
    `packages: ${one.packages.join(', ') || `none${one.reason === undefined ? '' : `: ${one.reason}`}`}`,
    ...one.waiting.map(({ name, reason }) => `waiting: ${name}: ${reason}`),
    `may be installed by: ${readers.join(', ') || 'nobody'}`,
    `credential: ${one.credential}`,
    one.publicKey && `public key: ${one.publicKey}`,
    one.hostKey && `server known by: ${one.hostKey}`,
    one.offeredHostKey &&
      `server showed another key: ${one.offeredHostKey}; nothing is read until --accept-host-key names it`,
    one.allowsPrivate ? 'its host may be in a private network' : undefined,
    one.allowsHttp ? 'it may be read without encryption' : undefined,
    told &&
      `hook: ${told.url}${told.pushedAt === undefined ? ', no push yet' : `, last push ${when(told.pushedAt)}`}`,
  ];
  return [`${one.id}  ${one.kind}  ${one.url}`, ...indent(lines.filter((line) => line !== undefined))];
}

/** @throws UsageError */
function settingsOf(flags: Flags): Readonly<Record<string, unknown>> {
  const of = (flag: 'allow-private' | 'allow-http', name: string): Readonly<Record<string, boolean>> => {
    const word = flags[flag];
    if (word !== undefined && word !== 'yes' && word !== 'no') {
      throw new UsageError(`--${flag} takes yes or no, not ${word}`);
    }
    return word === undefined ? {} : { [name]: word === 'yes' };
  };
  return { ...layoutOf(flags), ...of('allow-private', 'allowsPrivate'), ...of('allow-http', 'allowsHttp') };
}

/** Of Subversion, as the keys of the same names in a composer.json; `no` for none. */
function layoutOf(flags: Flags): Readonly<Record<string, unknown>> {
  const [trunk, branches, tags] = (['trunk-path', 'branches-path', 'tags-path'] as const).map(
    (flag) => flags[flag],
  );
  const folder = flags['package-path'];
  if ([trunk, branches, tags, folder].every((path) => path === undefined)) return {};
  const of = (path: string | undefined, usual: string) => (path === 'no' ? false : (path ?? usual));
  return {
    layout: {
      ...{ trunk: of(trunk, 'trunk'), branches: of(branches, 'branches'), tags: of(tags, 'tags') },
      package: folder ?? '',
    },
  };
}

/** Undefined where no flag says who. @throws UsageError */
function readersOf({ readers }: Flags) {
  if (readers === undefined) return undefined;
  const words = readers.split(',').map((word) => word.trim());
  if (words.includes('nobody') && words.length > 1) {
    throw new UsageError('--readers takes nobody alone');
  }
  const teams = words.filter((word) => word !== 'everyone' && word !== 'nobody');
  return { everyone: words.includes('everyone'), teams };
}

/** What a repository is read with, as the API takes it. */
type Credential = { readonly kind: string } & Readonly<Record<string, string>>;

/** Undefined where no flag names one. @throws UsageError @throws AdminError for a file that cannot be read */
async function credentialOf(flags: Flags): Promise<Credential | undefined> {
  const { credential: kind, username, header, certificate } = flags;
  switch (kind) {
    case undefined:
      return undefined;
    case 'none':
    case 'ssh-key':
      return { kind };
    case 'basic':
      return {
        ...{ kind, username: needed(username, 'basic needs --username') },
        ...{ password: await secretOf(flags) },
      };
    case 'token-header':
      return { kind, header: needed(header, 'token-header needs --header'), value: await secretOf(flags) };
    case 'client-certificate': {
      const file = needed(certificate, 'client-certificate needs --certificate FILE');
      return { kind, certificate: await textIn(file), key: await secretOf(flags) };
    }
    default:
      throw new UsageError(
        `--credential takes none, ssh-key, basic, token-header or client-certificate, not ${kind}`,
      );
  }
}

/** Without the line break at its end, which editors add. */
async function secretOf({ 'secret-file': file }: Flags): Promise<string> {
  const text = await textIn(needed(file, 'the credential needs --secret-file FILE, or - for standard input'));
  return text.replace(/\r?\n$/, '');
}

async function textIn(file: string): Promise<string> {
  const text = await (file === '-' ? readAll(process.stdin) : readFile(file, 'utf8')).catch(() => '');
  if (text === '') {
    throw new AdminError(`${file === '-' ? 'standard input' : file} cannot be read, or is empty`);
  }
  return text;
}

async function readAll(input: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
