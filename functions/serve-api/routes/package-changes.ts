import { z } from 'zod';
import {
  AcceptedMove,
  CommitRefusal,
  GivenName,
  HolderChoice,
  MoveAcceptance,
  PackageDeletion,
  PackageDeletionRequest,
  packageParams,
  VersionDeletionRequest,
} from '../../../shared/console-api/packages.ts';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { acceptMove } from '../../../shared/organizations/accept-move.ts';
import { deletePackage } from '../../../shared/organizations/delete-package.ts';
import { givePackageName } from '../../../shared/organizations/give-package-name.ts';
import { deleteVersions } from '../../../shared/organizations/refuse-commits.ts';
import { monitoredAt } from '../frame/base-path.ts';
import { defineRoute, type Route } from '../frame/route.ts';

/** What clients get under a name is changed, so each is as dangerous as a deletion. */
const common = {
  tag: 'Packages',
  access: 'owner',
  orRight: { rights: ['manage-packages'], on: 'package' },
  scope: 'danger',
  isDangerous: true,
  idempotency: 'natural',
} as const;
const path = '/organizations/{slug}/packages/{vendor}/{name}';
const params = z.object(packageParams);
const nameOf = ({ vendor, name }: z.output<typeof params>): string => `${vendor}/${name}`;

const giveName = defineRoute(
  {
    ...common,
    orRight: { rights: ['manage-packages'], on: 'package-and-repository' },
    name: 'givePackageName',
    method: 'put',
    path: `${path}/holder`,
    summary: 'Give the name to another repository that claims it',
    description:
      'It becomes another package under another number, unless it is the same one, moved, which only owners can say: its archives become those of another repository’s readers. 409 if the repository does not claim the name, or has it.',
    params,
    body: HolderChoice,
    act: 'give-name',
    repeated: 409,
    answer: { status: 200, schema: GivenName, description: 'Who had it, and who has it.' },
  },
  async (dependencies, { organization, role, mayActOn, params: named, body, accountable }) => {
    const { repository, samePackage = false, why } = body;
    if (samePackage && role !== 'owner') {
      throw new CallerError(
        'forbidden',
        'only owners can give archives to the readers of another repository',
      );
    }
    const given = await givePackageName(
      dependencies,
      organization,
      { packageName: nameOf(named), to: repository, samePackage, mayActOn },
      await accountable(why),
    );
    return { body: given };
  },
);

const accept = defineRoute(
  {
    ...common,
    name: 'acceptMovedTag',
    method: 'post',
    path: `${path}/versions/{version}/accept-move`,
    summary: 'Accept that a tag moved to another commit',
    description:
      'The version keeps its first commit until the archive of the new one is stored; from then on clients get the new one, with another checksum, and lock files with the old one go on working. 409 if the tag is not there (any more).',
    params: z.object({
      ...packageParams,
      version: z
        .string()
        .regex(/^[\w.+-]{1,100}$/, 'is no version')
        .meta({ description: 'Normalized, such as `1.0.0.0`.', example: '1.0.0.0' }),
    }),
    body: MoveAcceptance,
    act: 'accept-moved-tag',
    answer: { status: 202, schema: AcceptedMove, description: 'A scan stores the archive and publishes it.' },
  },
  async (dependencies, { organization, params: { version, ...named }, body, accountable }) => ({
    body: await acceptMove(
      dependencies,
      organization,
      { packageName: nameOf(named), normalized: version, commit: body.commit },
      await accountable(body.why),
    ),
    headers: monitoredAt(`/organizations/${organization.slug}/packages/${nameOf(named)}/versions`),
  }),
);

const removePackage = defineRoute(
  {
    ...common,
    name: 'deletePackage',
    method: 'post',
    path: `${path}/delete`,
    summary: 'Delete a package',
    description:
      'Clients lose it at once. It does not come back by itself: its name waits until an owner gives it to a repository.',
    params,
    body: PackageDeletionRequest,
    act: 'delete-package',
    repeated: 404,
    answer: { status: 200, schema: PackageDeletion, description: 'What is deleted, or would be.' },
  },
  async (dependencies, { organization, params: named, body, accountable }) => {
    const { confirm, why, keepArchives = false } = body;
    const input = { packageName: nameOf(named), keepArchives };
    const by = await accountable(why);
    return { body: await deletePackage(dependencies, organization, input, { ...by, confirm }) };
  },
);

const removeVersions = defineRoute(
  {
    ...common,
    name: 'deleteVersions',
    method: 'post',
    path: `${path}/delete-versions`,
    summary: 'Delete versions with their archives',
    description:
      'Their commits are refused from then on, under any name, until an owner allows them. 403 by a delegated right that does not count on every package with such a commit.',
    params,
    body: VersionDeletionRequest,
    act: 'delete-version',
    answer: { status: 200, schema: CommitRefusal, description: 'What is deleted, or would be.' },
  },
  async (dependencies, { organization, mayActOn, params: named, body, accountable }) => {
    const { confirm, why, versions } = body;
    const input = { packageName: nameOf(named), versions, mayActOn };
    const by = await accountable(why);
    const refusal = await deleteVersions(dependencies, organization, input, { ...by, confirm });
    return { body: { ...refusal, commits: [...refusal.commits], versions: [...refusal.versions] } };
  },
);

export const packageChangeRoutes: readonly Route[] = [giveName, accept, removePackage, removeVersions];
