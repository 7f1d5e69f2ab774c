/** The state of an organization as lines of text. Pure. */

import { plural } from '../start/plural.ts';
import type { Installations, Status } from './answers.ts';
import { heldText, indent, nameOf, scopeName, scopeText, when } from './print.ts';

export function installationsText({
  organizations,
  unclaimedInstallations,
}: Installations): readonly string[] {
  const isAmbiguous = new Set(unclaimedInstallations.map(({ forge }) => forge)).size > 1;
  return [
    organizations.length === 0 ? 'no organizations' : 'organizations:',
    ...indent(organizations.map(({ slug, name }) => `${slug} (${name})`)),
    ...section(
      'installations without an organization:',
      unclaimedInstallations.map(
        ({ installation, login, forge }) =>
          `${login}: npm run admin -- connect ${slugFor(login)} --installation ${installation}${
            isAmbiguous ? ` --forge ${forge}` : ''
          } --repositories all --vendors ${slugFor(login)}`,
      ),
    ),
  ];
}

/** The slug and the vendor that an organization is suggested to have: as it is called on the code host. */
const slugFor = (login: string): string => login.toLowerCase();

export function statusText(status: Status): readonly string[] {
  const { slug, name, counts, pending, ownedVendors, synchronizations, packages, tokens } = status;
  const { total = 0, ...waits } = pending;
  const packageCount = Object.entries(counts.packages).map(([state, count]) => `${count} ${state}`);
  return [
    `${slug} (${name}); vendors: ${ownedVendors.join(', ') || 'none'}`,
    `Composer repository: ${status.url}`,
    ...(status.rewriting
      ? [
          `the address or the layout of files changed: ${status.rewriting.left} of ${plural(status.rewriting.of, 'package or root file', 'packages and root files')} are still to be written again`,
        ]
      : []),
    ...stoppedText(status),
    [
      plural(counts.members, 'member'),
      plural(counts.teams, 'team'),
      plural(counts.repositories, 'repository', 'repositories'),
      `packages: ${packageCount.join(', ') || 'none'}`,
      plural(counts.versions, 'version'),
    ].join(', '),
    total === 0
      ? `no work is pending${synchronizations.some(({ older }) => older !== undefined) ? ' but older versions' : ''}`
      : `pending work: ${Object.entries(waits)
          .filter(([, count]) => count > 0)
          .map(([what, count]) => `${count} ${what}`)
          .join(', ')}`,
    ...publishingText(status.publishing),
    ...synchronizations.flatMap((one) => synchronizationText(slug, one, nameOf(one.id, synchronizations))),
    ...section(
      'packages:',
      packages.map(
        ({ name, state, versions, repository, outsideCode }) =>
          `${name}  ${state}, ${plural(versions, 'version')}, ${repository}${outsideText(slug, outsideCode)}`,
      ),
    ),
    ...section(
      'package names that need a decision:',
      status.waiting.flatMap((one) => waitingText(slug, one)),
    ),
    ...section(
      'vendors to consider owning:',
      status.proposedVendors.map(
        (vendor) =>
          `${vendor}: npm run admin -- vendors ${slug} --vendors ${[...ownedVendors, vendor].join(',')}`,
      ),
    ),
    ...section('repositories without a package:', status.repositoriesWithoutPackage),
    ...section(
      'versions left out:',
      status.leftOut.map(({ repository, ref, reason }) => `${ref} of ${repository}: ${reason}`),
    ),
    ...status.moreLeftOut.map(
      ({ repository, count, shown }) =>
        `${count - shown} more of ${repository}: npm run admin -- left-out ${slug} ${repository}`,
    ),
    ...section(
      'notices:',
      status.notices.map(({ repository, version, notice }) => `${version} of ${repository}: ${notice}`),
    ),
    ...section(
      'tokens:',
      tokens.map(({ id, kind, principal, holder, description, state, expires }) =>
        [
          `${id}  ${kind} ${holder ?? principal}`,
          state,
          expires === undefined ? undefined : `expires ${when(expires)}`,
          description,
        ]
          .filter((part) => part !== undefined && part !== '')
          .join(', '),
      ),
    ),
    ...section(
      'deletions in progress:',
      status.deletions.map(
        ({ kind, name, since, keptUntil, step, objects, records }) =>
          `${kind === 'refused-commits' ? '' : `${kind} `}${name}, since ${when(since)}: ${step}${
            keptUntil === undefined ? '' : ` (until ${when(keptUntil)})`
          }; ${objects} objects, ${records} records so far`,
      ),
    ),
    ...section(
      'refused commits:',
      status.refusedCommits.map(
        ({ commit, by, why, at, isRemoved }) =>
          `${commit}  since ${when(at)} by ${by}: ${why}${isRemoved ? '' : '; its archives are being removed'}`,
      ),
    ),
    ...section(
      'audit log, newest first:',
      status.auditLog.map(
        ({ at, by, act, subject, why }) =>
          `${when(at)}  ${by}: ${act} ${subject}${why === '' ? '' : `: ${why}`}`,
      ),
    ),
  ];
}

function publishingText({ source, outsideCode }: Status['publishing']): readonly string[] {
  return [
    ...(source ? [] : ['metadata has no source: clients cannot clone the code of a version']),
    ...(outsideCode ? [] : ['versions whose composer.json has a dist or source of its own are left out']),
  ];
}

function outsideText(slug: string, outside: Status['packages'][number]['outsideCode']): string {
  if (outside === undefined) {
    return '';
  }
  const { published, forbidden, hosts } = outside;
  return forbidden > 0
    ? `; ${forbidden} versions left out: their code is at ${hosts.join(', ')}, and the organization forbids outside code (to allow it: npm run admin -- publishing ${slug} --outside-code yes)`
    : `; the code of ${published} versions is at ${hosts.join(', ')}, not stored here`;
}

function hooksText(hooks: Status['synchronizations'][number]['hooks']): readonly string[] {
  if (hooks === undefined) {
    return [];
  }
  const { working, notWorking, missing, problem } = hooks;
  const failing = notWorking === 0 ? '' : `, ${notWorking} paused or disabled by the code host`;
  const why = problem === undefined ? '' : ` since ${when(problem.since)}: ${problem.message}`;
  return [`webhooks: ${working} working${failing}${missing === 0 ? '' : `, ${missing} missing`}${why}`];
}

const olderText = (older: Status['synchronizations'][number]['older']): readonly string[] =>
  older === undefined
    ? []
    : [
        `older versions: ${older.unread} are not read yet, likely all by ${when(older.until)}; the newest of each repository come first`,
      ];

function archivesText(archives: Status['synchronizations'][number]['archives']): readonly string[] {
  if (archives === undefined) {
    return ['archives: each is stored when somebody asks for it'];
  }
  const { stored, wanted, unavailable, packagesLeft } = archives;
  if (wanted === 0 && packagesLeft === 0) {
    return [];
  }
  return [
    [
      `archives: ${stored} of ${wanted} of stable versions are stored`,
      ...(unavailable === 0 ? [] : [`${unavailable} cannot be had and are tried again each day`]),
      ...(packagesLeft === 0 ? [] : [`those of ${plural(packagesLeft, 'package')} are not counted yet`]),
    ].join(', '),
  ];
}

function synchronizationText(
  slug: string,
  one: Status['synchronizations'][number],
  named: string,
): readonly string[] {
  const { id, forge, login, credentialState, credentialStateSince, rightsAsOf, rightsSuspendedSince } = one;
  const since = credentialStateSince === undefined ? '' : ` since ${when(credentialStateSince)}`;
  const scopes = [...Object.entries(one.scopes), ...Object.entries(one.parts)];
  return [
    `synchronization ${id} with ${login} on ${forge}${one.isUnknownForge ? ', an unknown forge: it cannot be read' : ''}`,
    ...indent([
      `credential: ${credentialState}${since}`,
      `rights as of ${rightsAsOf === undefined ? 'no complete read yet' : when(rightsAsOf)}`,
      ...(rightsSuspendedSince === undefined
        ? []
        : [`access of users and teams is suspended since ${when(rightsSuspendedSince)}`]),
      cautionText(one.caution),
      ...hooksText(one.hooks),
      ...olderText(one.older),
      ...archivesText(one.archives),
      ...scopes.map(([scope, described]) => `${scopeName(scope, described.about)}: ${scopeText(described)}`),
      ...heldText(slug, one.heldRemovals, named),
      ...one.scanFailures.map(
        ({ repository, at, code, message }) =>
          `scan of ${repository}: failed ${when(at)} ${code}: ${message}`,
      ),
    ]),
  ];
}

/** A name that needs a decision, why, and the command that gives it to this repository. */
function waitingText(
  slug: string,
  { name, repository, reason, why }: Status['waiting'][number],
): readonly string[] {
  if (why === undefined) {
    return [
      `${name} in ${repository}: ${reason}`,
      ...indent(waitingAdvice(slug, { name, repository, reason })),
    ];
  }
  return [
    `${name} in ${repository}: ${reason}; ${why}`,
    ...indent([
      `to give it the name: npm run admin -- give-name ${slug} ${name} --to ${repository} --by YOU --why TEXT`,
      'add --same-package only if the package itself has moved: it keeps its number and archives',
    ]),
  ];
}

/** What an owner does about a name that no other repository has. */
function waitingAdvice(
  slug: string,
  { name, repository, reason }: Pick<Status['waiting'][number], 'name' | 'repository' | 'reason'>,
): readonly string[] {
  switch (reason) {
    case 'fork':
    case 'not-chosen':
      return [`to make it a package: npm run admin -- choose ${slug} --repositories ${repository}`];
    case 'vendor-not-owned':
      return [`to publish it, own its vendor ${name.split('/')[0]} (below)`];
    case 'invalid-name':
      return ['to make it a package: give it a valid name in composer.json, and push'];
    default:
      return [];
  }
}

function stoppedText({ slug, accessStoppedSince, auditLog }: Status): readonly string[] {
  if (accessStoppedSince === undefined) {
    return [];
  }
  const act = auditLog.find((entry) => entry.act === 'stop-access');
  const reason = act === undefined ? '' : ` by ${act.by}: ${act.why}`;
  return [
    `ALL ACCESS IS STOPPED since ${when(accessStoppedSince)}${reason}`,
    `  npm run admin -- allow-access ${slug} --by NAME --why TEXT restores it`,
  ];
}

export function cautionText({
  heldShare,
  heldAbove,
  suspendAfterDays,
}: Status['synchronizations'][number]['caution']): string {
  const share = Math.round(heldShare * 100);
  return `removal guard: removals above ${share} % of a list and ${heldAbove} entries are held; access is suspended after ${suspendAfterDays} days without a complete read`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...indent(lines)];
}
