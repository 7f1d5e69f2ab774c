/** Commands that delete something, or refuse commits. Without --confirm they only show what would be deleted. */
import { UsageError } from '../start/options.ts';
import { plural } from '../start/plural.ts';
import {
  Allowed,
  OrganizationDeletion,
  PackageDeletion,
  Refusal,
  SynchronizationDeletion,
} from './answers.ts';
import { needed } from './calls.ts';
import { indent } from './print.ts';
import { type Command, noMore, type Printed } from './synchronization-commands.ts';

/** By the name of the command. */
export const deletionCommands: Readonly<Record<string, (command: Command) => Promise<Printed>>> = {
  'delete-version': deleteVersion,
  'refuse-commit': refuseCommit,
  'allow-commit': allowCommit,
  'delete-package': deletePackage,
  'delete-synchronization': deleteSynchronization,
  'delete-organization': deleteOrganization,
};

async function deleteVersion(command: Command): Promise<Printed> {
  const [name, text, ...more] = command.rest;
  noMore('delete-version', more);
  const packageName = needed(name, 'delete-version needs a package and its versions after the organization');
  const versions = needed(text, `delete-version needs the versions of ${packageName}, separated by commas`);
  const answer = Refusal.parse(
    await command.client.invoke('delete-version', {
      ...start(command, 'delete-version'),
      package: packageName,
      versions: versions.split(','),
    }),
  );
  return { answer, lines: refusalText(answer, packageName) };
}

async function refuseCommit(command: Command): Promise<Printed> {
  const [text, ...more] = command.rest;
  noMore('refuse-commit', more);
  const commits = needed(text, 'refuse-commit needs commits after the organization, separated by commas');
  const answer = Refusal.parse(
    await command.client.invoke('refuse-commit', {
      ...start(command, 'refuse-commit'),
      commits: commits.split(','),
    }),
  );
  return { answer, lines: refusalText(answer, commits) };
}

function refusalText(
  { done, commits, versions, archives }: ReturnType<typeof Refusal.parse>,
  confirm: string,
): readonly string[] {
  return [
    ...headline(done, `${counted(commits, 'commit')} and ${plural(archives, 'stored archive')}`),
    ...indent([
      ...commits.map((commit) => `commit ${commit}`),
      ...versions.map((one) => `${one.package} ${one.version}`),
    ]),
    ...(done
      ? [
          'The commits are refused from now on. If an archive held a secret, rotate it: it may have been downloaded (docs/operating.md).',
        ]
      : howTo(confirm)),
  ];
}

async function allowCommit(command: Command): Promise<Printed> {
  const [commit, ...more] = command.rest;
  noMore('allow-commit', more);
  const answer = Allowed.parse(
    await command.client.invoke('allow-commit', {
      ...start(command, 'allow-commit'),
      commit: needed(commit, 'allow-commit needs a commit after the organization; status lists them'),
    }),
  );
  const { packages, renumbered } = answer;
  return {
    answer,
    lines: [
      `commit ${answer.commit} is allowed; ${
        packages.length === 0 ? 'no package had it' : `scanning again: ${packages.join(', ')}`
      }`,
      ...(renumbered.length === 0
        ? []
        : [`copied to a new package number first (see status): ${renumbered.join(', ')}`]),
    ],
  };
}

async function deletePackage(command: Command): Promise<Printed> {
  const [name, ...more] = command.rest;
  noMore('delete-package', more);
  const packageName = needed(name, 'delete-package needs a package after the organization');
  const answer = PackageDeletion.parse(
    await command.client.invoke('delete-package', {
      ...start(command, 'delete-package'),
      package: packageName,
      ...(command.flags['keep-archives'] ? { keepArchives: true } : {}),
    }),
  );
  const { done, versions, archives, archivesKeptUntil } = answer;
  return {
    answer,
    lines: [
      ...headline(
        done,
        `${packageName}: ${plural(versions, 'version')}, ${plural(archives, 'stored archive')}`,
      ),
      ...(archivesKeptUntil === undefined
        ? []
        : [`archives and records are kept until ${archivesKeptUntil} but cannot be downloaded`]),
      ...(done ? progress(command) : howTo(packageName)),
    ],
  };
}

async function deleteSynchronization(command: Command): Promise<Printed> {
  noMore('delete-synchronization', command.rest);
  const { synchronization } = command.flags;
  const answer = SynchronizationDeletion.parse(
    await command.client.invoke('delete-synchronization', {
      ...start(command, 'delete-synchronization'),
      ...(synchronization === undefined ? {} : { synchronization }),
    }),
  );
  const { done, login, packages, teamTokens, endingOwners } = answer;
  return {
    answer,
    lines: [
      ...headline(
        done,
        `the synchronization with ${login}: ${counted(packages, 'package')}, ${plural(teamTokens, 'team token')}, all access through it`,
      ),
      ...indent(packages),
      ...(endingOwners.length === 0 ? [] : [`ends the ownership of: ${endingOwners.join(', ')}`]),
      ...(done ? progress(command) : howTo(login)),
    ],
  };
}

async function deleteOrganization(command: Command): Promise<Printed> {
  noMore('delete-organization', command.rest);
  const answer = OrganizationDeletion.parse(
    await command.client.invoke('delete-organization', start(command, 'delete-organization')),
  );
  const { done, slug, synchronizations, packages, versions, tokens } = answer;
  return {
    answer,
    lines: [
      ...headline(
        done,
        `the organization ${slug}: ${plural(packages, 'package')} with ${plural(versions, 'version')}, ${plural(tokens, 'token')}`,
      ),
      ...indent(synchronizations.map((login) => `synchronization with ${login}`)),
      'Its slug cannot be reused.',
      ...(done ? progress(command) : howTo(slug)),
    ],
  };
}

/** @throws UsageError when --confirm, or allow-commit, comes without --by and --why */
function start({ slug, flags: { confirm, by, why } }: Command, command: string) {
  const isDone = confirm !== undefined || command === 'allow-commit';
  if (isDone && (by === undefined || why === undefined)) {
    throw new UsageError(`${command} needs --by NAME and --why TEXT: both are logged`);
  }
  return {
    slug: needed(slug, `${command} needs the organization's slug`),
    ...(confirm === undefined ? {} : { confirm }),
    ...(by === undefined ? {} : { by }),
    ...(why === undefined ? {} : { why }),
  };
}

const headline = (done: boolean, what: string): readonly string[] => [
  done ? `deleted: ${what}` : `nothing was done; this would be deleted permanently: ${what}`,
];

const howTo = (confirm: string): readonly string[] => [
  `to delete it, add --confirm ${confirm} --by NAME --why TEXT`,
];

const progress = ({ slug }: Command): readonly string[] => [
  `clients no longer get it; its stored data is being removed: npm run admin -- status ${slug} shows the progress`,
];

const counted = (list: readonly unknown[], what: string): string => plural(list.length, what);
