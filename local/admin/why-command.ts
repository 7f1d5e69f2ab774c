/** Why somebody may install a package, or may not: what the function that decides it says. */
import { z } from 'zod';
import { UsageError } from '../start/options.ts';
import { plural } from '../start/plural.ts';
import { needed } from './calls.ts';
import { indent } from './print.ts';
import { type Command, noMore, type Printed } from './synchronization-commands.ts';

/** By the name of the command. */
export const whyCommands: Readonly<Record<string, (command: Command) => Promise<Printed>>> = { why };

const Team = z.object({ name: z.string() });
const Path = z.object({
  through: z.string(),
  permission: z.string().optional(),
  level: z.string().optional(),
  role: z.string().optional(),
  team: Team.optional(),
  inheritedFrom: Team.optional(),
});
const Packages = z.object({ packages: z.array(z.object({ name: z.string(), paths: z.array(Path) })) });
const Explained = z.object({
  name: z.string(),
  mayInstall: z.boolean(),
  paths: z.array(Path),
  missing: z.array(z.string()),
  couldGive: z.object({ owners: z.array(z.string()), teams: z.array(Team) }),
});
const Readers = z.object({
  teams: z.array(Team),
  isPublic: z.boolean(),
  people: z.array(z.object({ login: z.string(), paths: z.array(Path) })),
});

async function why({ client, slug, rest, flags }: Command): Promise<Printed> {
  const [name, ...more] = rest;
  noMore('why', more);
  const { member, id: token } = flags;
  if (
    token === undefined
      ? name === undefined && member === undefined
      : name !== undefined || member !== undefined
  ) {
    throw new UsageError('why needs a package, --member LOGIN or both; or --id TOKEN-ID alone');
  }
  const answer = await client.invoke('explain-access', {
    slug: needed(slug, "why needs the organization's slug"),
    ...{ package: name, member, token },
  });
  if (name === undefined) {
    return { answer, lines: packagesText(token === undefined ? `${member}` : `token ${token}`, answer) };
  }
  return { answer, lines: member === undefined ? readersText(name, answer) : explainedText(member, answer) };
}

function packagesText(who: string, answer: unknown): readonly string[] {
  const { packages } = Packages.parse(answer);
  return [
    `${who} reads ${plural(packages.length, 'package')}`,
    ...indent(packages.map(({ name, paths }) => `${name}: ${pathsText(paths)}`)),
  ];
}

function readersText(name: string, answer: unknown): readonly string[] {
  const { teams, isPublic, people } = Readers.parse(answer);
  return [
    isPublic
      ? `${name} is public: any valid token of the organization reads it`
      : `${plural(people.length, 'person', 'people')} may install ${name}`,
    ...indent(people.map(({ login, paths }) => `${login}: ${pathsText(paths)}`)),
    ...(teams.length === 0 ? [] : [`tokens of these teams read it: ${namesOf(teams)}`]),
    'tokens of the whole organization read every package',
  ];
}

function explainedText(member: string, answer: unknown): readonly string[] {
  const { name, mayInstall, paths, missing, couldGive } = Explained.parse(answer);
  if (mayInstall) {
    return [`${member} may install ${name}`, ...indent(paths.map(pathText))];
  }
  const { owners, teams } = couldGive;
  return [
    `${member} may not install ${name}`,
    ...indent(missing.map((one) => reasons[one] ?? one)),
    ...(owners.length === 0 ? [] : [`an owner could change that on the code host: ${owners.join(', ')}`]),
    ...(teams.length === 0 ? [] : [`members of these teams may install it: ${namesOf(teams)}`]),
  ];
}

/** By what the API says is missing. */
const reasons: Readonly<Record<string, string>> = {
  'package-unavailable': 'the package is not published',
  'repository-disabled': 'its repository is disabled on the code host',
  'rights-suspended': 'rights are suspended: the code host was not read completely for too long',
  waiting: 'waits for an owner to activate them',
  off: 'an owner switched them off',
  'no-account': 'has no account on the code host of the repository',
  withdrawn: 'an event took the right, which no read has confirmed yet',
  'no-member': 'is no member of the organization on the code host',
  'no-right': 'has no right to read the repository',
};

const namesOf = (teams: readonly z.infer<typeof Team>[]): string => teams.map(({ name }) => name).join(', ');

const pathsText = (paths: readonly z.infer<typeof Path>[]): string => paths.map(pathText).join('; ');

/** A member has such a permission too, and some code hosts tell nothing but that. */
const ownPermission = 'permission on the repository';

/**
 * Such as `team Backend (push) inherited from Engineering`. Where members of a team have levels, others inherit its members: `team Acme (Reporter
 * there), inherited by Platform`.
 */
function pathText({ through, permission, level, role, team, inheritedFrom }: z.infer<typeof Path>): string {
  const name = team?.name ?? role;
  const most = permission === undefined ? '' : `, at most ${permission}`;
  const right = level === undefined ? permission : `${level} there${most}`;
  const how = level === undefined ? ' inherited from' : ', inherited by';
  const words = [
    through === 'collaborator' ? ownPermission : through,
    ...(name === undefined ? [] : [name]),
    ...(right === undefined ? [] : [`(${right})`]),
  ];
  return `${words.join(' ')}${inheritedFrom === undefined ? '' : `${how} ${inheritedFrom.name}`}`;
}
