/** The text that `npm start` prints when it is ready. */
import { atPlace, placeOf } from './place.ts';

export interface Ready {
  readonly organization: { readonly slug: string; readonly url: string };
  readonly members: readonly { readonly login: string; readonly role: string; readonly token: string }[];
  /** A package that the first member can read, and its repository's clone address; undefined if there is none. */
  readonly example:
    | {
        readonly codeHost: 'GitHub' | 'GitLab';
        readonly packageName: string;
        readonly cloneUrl: string;
        readonly folder: string;
        readonly tag: string;
      }
    | undefined;
  readonly registryBaseUrl: string;
  readonly consoleBaseUrl: string;
  /** The login of the installation's administrator. */
  readonly administrator: string | undefined;
  readonly controlUrl: string;
  /** The other simulated code hosts that there are, by name. */
  readonly others: readonly {
    readonly name: string;
    readonly addresses: { readonly web: string; readonly control: string };
  }[];
  readonly dataDirectory: string;
}

export function instructions(ready: Ready): string {
  const host = new URL(ready.registryBaseUrl).host;
  const width = Math.max(...ready.members.map(({ login }) => login.length));
  const lines = [
    '',
    `Repertoire is ready. Composer repository: ${ready.organization.url}`,
    '',
    'Tokens (the user name for Composer is "token")',
    ...ready.members.map(({ login, role, token }) => `  ${login.padEnd(width)}  ${token}  ${role}`),
  ];
  if (ready.administrator !== undefined) {
    lines.push(
      '',
      `Sign in as any of them: ${ready.consoleBaseUrl}/ (${ready.administrator} is the administrator)`,
    );
  }
  const [first] = ready.members;
  if (first && ready.example) {
    lines.push(
      '',
      `Install a private package as ${first.login}: run this in an empty folder`,
      '',
      '  composer init --no-interaction --name=example/app',
      '  composer config secure-http false        # plain http, for 127.0.0.1 only',
      '  composer config repositories.packagist.org false',
      `  composer config repositories.${ready.organization.slug} composer ${ready.organization.url}`,
      `  composer config http-basic.${host} token ${first.token}`,
      `  composer require ${ready.example.packageName}`,
      '',
      `Push a new tag to the simulated ${ready.example.codeHost} and see the new version`,
      '',
      `  git clone ${ready.example.cloneUrl} ${ready.example.folder}`,
      `  git -C ${ready.example.folder} tag ${ready.example.tag} && git -C ${ready.example.folder} push origin ${ready.example.tag}`,
      `  composer show --all ${ready.example.packageName}`,
    );
  }
  lines.push(
    '',
    `Change the simulated GitHub: ${ready.controlUrl} (docs/worlds.md)`,
    ...ready.others.flatMap(({ name, addresses }) => [
      `${`Simulated ${name}:`.padEnd(28)} ${addresses.web}`,
      `${`Change the simulated ${name}:`.padEnd(28)} ${addresses.control} (docs/worlds.md)`,
    ]),
    `Operator commands:           ${atPlace('npm run admin -- --help', placeOf({ data: ready.dataDirectory }))}`,
    `State:                       ${ready.dataDirectory}`,
    '',
    'Press Ctrl-C to stop.',
    '',
  );
  return lines.join('\n');
}

interface FirstRun extends Pick<Ready, 'consoleBaseUrl' | 'dataDirectory'> {
  /** Undefined where there is an administrator. */
  readonly setUpCode: string | undefined;
  /** Of the simulated GitHub. */
  readonly codeHost: string;
  /** The login of an organization there, and of one of its owners. */
  readonly example: { readonly organization: string; readonly owner: string } | undefined;
}

/** The text of a first run: what the person does by the pages. */
export const firstRunInstructions = ({
  setUpCode,
  consoleBaseUrl,
  codeHost,
  example,
  dataDirectory,
}: FirstRun): string =>
  [
    '',
    ...(setUpCode === undefined
      ? [
          `Repertoire is ready, with what you set up. Sign in: ${consoleBaseUrl}/`,
          '',
          `  The simulated GitHub ${codeHost}`,
        ]
      : [
          `Repertoire is ready, and nobody is its administrator. Begin here: ${consoleBaseUrl}/sign-in/setup`,
          '',
          'Type this into the form, and go on with github:',
          `  Set-up code                          ${setUpCode}`,
          ...(example === undefined
            ? []
            : [`  Organization that will own the App   ${example.organization}`]),
          `  Address of your own server           ${codeHost} (the simulated GitHub)`,
        ]),
    '',
    ...(example === undefined || setUpCode === undefined
      ? []
      : [
          `Install the App and sign in as ${example.owner}, an owner of ${example.organization}. The page that follows connects ${example.organization}.`,
          '',
        ]),
    `State: ${dataDirectory}`,
    '',
    'Press Ctrl-C to stop.',
    '',
  ].join('\n');
