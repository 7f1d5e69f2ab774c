import { apiKeyScopes } from '../../shared/domain/api-key.ts';

export const usage = `Manages organizations of a running npm start, or of a deployment with --aws.

Usage: npm run admin -- COMMAND [options]

  status [ORGANIZATION]                         organizations; or the state of one: pending work, failures, age of the
                                                rights, packages, left-out versions with reasons, tokens with ids
  left-out ORGANIZATION REPOSITORY              list every branch and tag of a repository that has no version, and
                                                why
  connect ORGANIZATION --installation ID        create an organization from an installation of the App; --forge or
          [--repositories all|NAME,NAME]        --base-url selects the integration if several are configured.
          [--vendors NAME,NAME]                 Defaults: all repositories, no vendors; without vendors nothing is
          [--forge NAME] [--base-url URL]       published
  choose ORGANIZATION --repositories all|NAME,NAME [--forks]
                                                select more repositories to become packages; 'all' excludes forks
                                                unless --forks is given, a fork that is named is included; the
                                                organization must own the package's vendor in any case
  give-name ORGANIZATION VENDOR/NAME --to REPOSITORY --by NAME --why TEXT [--same-package]
                                                give a package name to another repository that claims it, under a
                                                new number; --same-package: the package itself has moved, and keeps
                                                its number and archives
  folders ORGANIZATION REPOSITORY ['PATTERN' ...] [--set]
                                                list the folders of a repository that are packages, and proposed
                                                patterns; with patterns such as 'packages/*/composer.json' those that
                                                these would make packages of; --set: set them (without any: only the
                                                root may be a package)
  vendors ORGANIZATION --vendors NAME,NAME      set the vendors that the organization owns; only packages of these
                                                are published
  repository ORGANIZATION                       list the repositories at a URL, which are on no code host
  repository ORGANIZATION add URL [--kind git|hg|svn]
          [--readers everyone|nobody|TEAM,TEAM] add one; it is read at once, and the answer says how that went. Defaults:
          [--credential none|ssh-key|basic|token-header|client-certificate] [--username NAME] [--header NAME]
          [--certificate FILE] [--secret-file FILE] [--allow-private yes|no] [--allow-http yes|no]
          [--trunk-path PATH|no] [--branches-path PATH|no] [--tags-path PATH|no] [--package-path PATH]
                                                no credential, nobody installs, no host in a private network, nothing
                                                unencrypted. ssh-key: a key is made here, and its public part printed.
                                                The password, the header's value or the certificate's key is read from
                                                FILE, or from standard input with -. Paths are those of Subversion, no
                                                is none. With npm start URL may be file:///FOLDER
  repository ORGANIZATION show|test REPOSITORY  show one, by its id, URL or name; test: read it now
  repository ORGANIZATION change REPOSITORY [--accept-host-key FINGERPRINT]
                                                change any of the above; --accept-host-key: the server is known by this
                                                key from now on
  repository ORGANIZATION hook REPOSITORY       make the address that its server tells of pushes, or renew its secret
  repository ORGANIZATION remove REPOSITORY --confirm NAME
                                                remove it with its credential; nobody installs its packages any more
  publishing ORGANIZATION [--source yes|no] [--outside-code yes|no]
                                                whether metadata has 'source', the place of the code in version
                                                control (default yes); whether versions may have a dist or source
                                                of their own in composer.json, which is not stored here (default yes)
  token ORGANIZATION --member LOGIN | --team SLUG | --all
          [--description TEXT] [--expires TIME] create a token for this organization; it is shown once. TIME:
                                                2027-01-01, ISO 8601 or never; if left out, as its owners set it.
                                                --member: what the person may read in this organization only;
                                                --all: every package
  revoke ORGANIZATION --id TOKEN-ID             revoke a token immediately
  api-key ORGANIZATION --scopes NAME,NAME --description TEXT [--expires TIME]
                                                create a key of the organization for the API; it is shown once. Scopes:
                                                ${apiKeyScopes.join(', ')}
                                                (default expiry: 90 days)
  api-keys ORGANIZATION                         list the keys of the organization for the API, with ids, makers, expiry and
                                                last use
  revoke-api-key ORGANIZATION --id KEY-ID       revoke a key immediately
  why ORGANIZATION [PACKAGE] [--member LOGIN]   explain why the member may install the package, or what is missing; only
                                                one of them: everyone who may install the package, or everything that
                                                the member may install
  why ORGANIZATION --id TOKEN-ID                list what the token reads, and why
  stop-access ORGANIZATION --by NAME --why TEXT refuse all tokens of the organization immediately, for cached files
                                                too; tokens, rights and packages are kept
  allow-access ORGANIZATION --by NAME --why TEXT
                                                accept its tokens again

  synchronize ORGANIZATION                      read everything from the forge now, and show the progress
  runs ORGANIZATION [--all]                     list the latest runs that changed something, newest first, with
                                                time, cause and outcome; --all: also those that changed nothing
  runs ORGANIZATION NUMBER                      show one run: each change with its reason
  preview ORGANIZATION                          read the forge and show what a run would change; writes nothing
  removals ORGANIZATION                         list held removals: too many entries are missing from a list, and
                                                nothing confirms that they are gone, so an owner decides
  removals ORGANIZATION SCOPE yes|no --of DIGEST
                                                yes: remove them with the next complete read; no: keep them. The
                                                list shows DIGEST; the decision covers exactly those removals
  caution ORGANIZATION [--held-share PERCENT] [--held-above NUMBER] [--suspend-after DAYS]
                                                set the removal guard: missing entries are held if they are more
                                                than this share of the list (25) and more than this number (5); and
                                                the days without a complete read after which access is suspended (7)
  undo ORGANIZATION NUMBER                      restore what the run removed, as far as a new read still finds it;
                                                lists the rest with reasons

  delete-version ORGANIZATION PACKAGE VERSION[,VERSION]
                                                delete versions and their archives permanently; their commits are
                                                refused from then on, under every name and number
  refuse-commit ORGANIZATION COMMIT[,COMMIT]    the same by commit, whether or not it has a version
  allow-commit ORGANIZATION COMMIT --by NAME --why TEXT
                                                allow a refused commit; its archive is built again on request
  delete-package ORGANIZATION PACKAGE [--keep-archives]
                                                delete a package; --keep-archives: keep its archives for 90 days,
                                                without serving them
  delete-synchronization ORGANIZATION           delete a synchronization with its packages, rights, teams, members
                                                and team tokens; the forge's organization can be connected again
  delete-organization ORGANIZATION              delete an organization with everything in it; its slug cannot be
                                                reused
          [--confirm NAME --by NAME --why TEXT] these commands only show what they would delete until confirmed with
                                                the name of the package, commits, login or slug

  --by NAME    who does this, for the history; without it the history says 'operator'. Any command takes it
  --json       print the answer as JSON; without it every command prints text
  --synchronization ID
               the synchronization to use if the organization has several; status shows the ids
  --data DIR   data folder of npm start (default .repertoire)
  --aws ADDRESS
               use a deployment, by its console's address; the operator's key is read from REPERTOIRE_OPERATOR_KEY, or from
  --key-file FILE, or from the secret that the stack's output OperatorKeySecretName names:
  --key-secret NAME
               (region and credentials from the environment)
  --help       show this text

Exit codes: 0 success; 1 failure (see the log), or nothing is running; 2 invalid command line; 3 not-found: something named does not
exist; 4 conflict: the state does not allow this, or something else changed it at the same time; 5 invalid: the input makes no sense;
6 forbidden: you or the installation may not do this; 7 too-early: try again later; 8 incomplete: synchronize or undo could not read
everything, or is not done after 15 minutes.
`;

/** What the help says about one command; all of it for one that does not exist. */
export function usageOf(command: string): string {
  const lines = usage.split('\n');
  const begins = (line: string): boolean => line.startsWith(`  ${command} `);
  const isOfCommand = (line: string): boolean => line.startsWith('   ');
  const found: string[] = [];
  for (const [place, line] of lines.entries()) {
    const isNext = found.length > 0 && isOfCommand(line) && found.at(-1) === lines[place - 1];
    if (begins(line) || isNext) found.push(line);
  }
  if (found.length === 0) return usage;
  return ['Usage: npm run admin -- COMMAND [options]', '', ...found, '', ...optionsIn(lines), ''].join('\n');
}

/** What every command takes, and the exit codes. */
const optionsIn = (lines: readonly string[]): readonly string[] =>
  lines
    .slice(lines.findIndex((line) => line.startsWith('  --by ')))
    .filter((line, place, all) => line !== '' || place < all.length - 1);
