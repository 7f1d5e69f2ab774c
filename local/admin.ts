/** `npm run admin`: what an owner decides, until there is a console. Invokes the functions of a running start, or of AWS. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AdminError, createAdminClient } from './start/admin-client.ts';
import { UsageError } from './start/options.ts';
import { findRunning } from './start/state-folder.ts';

const usage = `Invokes the functions that have no route, on a running npm start.

Usage: npm run admin -- COMMAND [options]

  status [ORGANIZATION]                         what there is, what waits, what went wrong; packages,
                                                left-out versions with their reasons, tokens with their ids
  connect ORGANIZATION --installation ID        make an organization of an installation of the GitHub App
          [--repositories all|NAME,NAME] [--vendors NAME,NAME]
  choose ORGANIZATION --repositories all|NAME,NAME [--forks]
                                                choose repositories, besides those chosen already, to become
                                                packages; 'all' leaves forks out unless --forks is there, a fork
                                                that is named is taken; its vendor has to be owned all the same
  vendors ORGANIZATION --vendors NAME,NAME      the whole list of vendors whose packages may appear
  token ORGANIZATION --member LOGIN | --team SLUG | --all
          [--description TEXT] [--expires TIME] give somebody a token; it is shown once (TIME: 2027-01-01,
                                                or ISO 8601)
  revoke ORGANIZATION --id TOKEN-ID             take a token back, at once

  --data DIR   data folder of the start (default .repertoire)
  --aws        invoke the functions in your AWS account instead (region and credentials of the environment)
  --help       this text
`;

type Flags = ReturnType<typeof readFlags>['values'];

function readFlags(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      installation: { type: 'string' },
      repositories: { type: 'string' },
      vendors: { type: 'string' },
      forks: { type: 'boolean' },
      member: { type: 'string' },
      team: { type: 'string' },
      all: { type: 'boolean' },
      description: { type: 'string' },
      expires: { type: 'string' },
      id: { type: 'string' },
      data: { type: 'string' },
      aws: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

/** The function and its input for a command. @throws UsageError */
function callOf(command: string, organization: string | undefined, flags: Flags): [string, unknown] {
  if (command === 'status') {
    return ['describe-organization', { slug: organization }];
  }
  if (!commands.includes(command)) {
    throw new UsageError(`there is no command ${command}; --help lists them`);
  }
  const slug = needed(organization, `${command} takes the organization's slug`);
  switch (command) {
    case 'connect':
      return [
        'connect-organization',
        {
          slug,
          installation: needed(flags.installation, 'connect takes --installation; status lists them'),
          repositories: names(flags.repositories) ?? 'all',
          ownedVendors: names(flags.vendors) ?? [],
        },
      ];
    case 'choose':
      return [
        'choose-packages',
        {
          slug,
          repositories: needed(names(flags.repositories), 'choose takes --repositories'),
          ...(flags.forks ? { forks: true } : {}),
        },
      ];
    case 'vendors':
      return [
        'set-owned-vendors',
        { slug, vendors: needed(names(flags.vendors), 'vendors takes --vendors') },
      ];
    case 'token':
      return [
        'issue-token',
        {
          organization: slug,
          for: holderOf(flags),
          ...(flags.description === undefined ? {} : { description: flags.description }),
          ...(flags.expires === undefined ? {} : { expiresAt: timeOf(flags.expires) }),
        },
      ];
    case 'revoke':
      return [
        'revoke-token',
        { organization: slug, id: needed(flags.id, 'revoke takes --id; status lists them') },
      ];
    default:
      throw new UsageError(`there is no command ${command}; --help lists them`);
  }
}

const commands = ['connect', 'choose', 'vendors', 'token', 'revoke'];

function timeOf(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) {
    throw new UsageError(`--expires takes a time such as 2027-01-01 or 2027-01-01T12:00:00Z, not ${text}`);
  }
  return new Date(at).toISOString();
}

function holderOf({ member, team, all }: Flags): unknown {
  if ([member, team, all].filter((given) => given !== undefined).length !== 1) {
    throw new UsageError('token takes one of --member, --team and --all');
  }
  if (member !== undefined) {
    return { kind: 'member', login: member };
  }
  return team === undefined ? { kind: 'organization' } : { kind: 'team', slug: team };
}

function names(text: string | undefined): string[] | 'all' | undefined {
  return text === undefined || text === 'all' ? text : text.split(',').map((name) => name.trim());
}

function needed<Value>(value: Value | undefined, message: string): Value {
  if (value === undefined) {
    throw new UsageError(message);
  }
  return value;
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = readFlags(args);
    const [command, organization, extra] = positionals;
    if (values.help || command === undefined) {
      process.stdout.write(usage);
      return command === undefined && !values.help ? 1 : 0;
    }
    if (extra !== undefined) {
      throw new UsageError(`${command} does not take ${extra}`);
    }
    const [functionName, input] = callOf(command, organization, values);
    const directory = resolve(values.data ?? '.repertoire');
    const running = values.aws ? undefined : await findRunning(directory);
    if (!values.aws && !running) {
      throw new UsageError(`nothing runs on ${directory}: npm start first, or name its folder with --data`);
    }
    if (running && running.gateway === undefined) {
      throw new UsageError(`the start on ${directory} is not ready yet; wait until it says so`);
    }
    if (values.aws && !process.env.AWS_REGION) {
      throw new UsageError('--aws needs a region: set AWS_REGION');
    }
    const client = createAdminClient(running?.gateway);
    process.stdout.write(`${JSON.stringify(await client.invoke(functionName, input), undefined, 2)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof UsageError || error instanceof AdminError || isArgumentError(error)) {
      process.stderr.write(`${error.message.split('\n').join('; ')}\n`);
      return 1;
    }
    throw error;
  }
}

/** What parseArgs and Date say of bad input. */
function isArgumentError(error: unknown): error is Error {
  return error instanceof TypeError || error instanceof RangeError;
}

process.exitCode = await main(process.argv.slice(2));
