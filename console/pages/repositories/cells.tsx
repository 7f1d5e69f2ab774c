/** What a row says of a repository, and what can be done with it. */
import { Anchor, Badge, Button, Group, Loader, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { asId, type SynchronizationId } from '../../../shared/domain/ids.ts';
import { isVcsSynchronization } from '../../../shared/domain/vcs-repository.ts';
import type { May } from '../../api/use-may.ts';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { PackageLink } from '../../components/package-link.tsx';
import { repositoriesWords as words } from '../../words/repositories.ts';
import classes from './name-cell.module.css';
import { type Outcome, type Remedy, remedyOf } from './outcome.ts';
import type { Repository } from './queries.ts';
import type { Following } from './use-followed.ts';

export interface Shown {
  readonly slug: string;
  readonly may: May;
  readonly following: Following;
  showLeftOut(repository: Repository): void;
  showFolders(repository: Repository): void;
}

interface CellProps extends Shown {
  readonly repository: Repository;
}

/** Ours, and on no code host. */
const isAtUrl = ({ synchronization }: Repository): boolean =>
  isVcsSynchronization(asId<SynchronizationId>(synchronization));

/** Where there is no room, the name is cut off before its last part, which tells it from others. */
export function NameCell(props: CellProps) {
  const { slug, repository, may, showFolders } = props;
  const { id, name, isFork, isArchived, visibility, packages } = repository;
  // Those of folders that are gone, too: only there their patterns can be changed.
  const folders = Math.max(repository.foldersWithManifests, packages.length - 1);
  const end = Math.max(0, name.lastIndexOf('/'));
  return (
    <div style={{ minWidth: 0 }}>
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" fw={500} component="div" title={name} className={classes.name}>
          <span>{name.slice(0, end)}</span>
          <span>{name.slice(end)}</span>
        </Text>
        {may.isOwner && isAtUrl(repository) && (
          <AnchorLink
            to="/o/$slug/repositories/at-url/$repository"
            params={{ slug, repository: id }}
            size="xs"
            flex="none"
            aria-label={words.atUrlOf(name)}
          >
            {words.atUrl}
          </AnchorLink>
        )}
        <Group gap={4} wrap="nowrap" visibleFrom="sm">
          {visibility !== 'private' && <Badge variant="default">{words.visibilities[visibility]}</Badge>}
          {isFork && <Badge variant="default">{words.fork}</Badge>}
          {isArchived && <Badge variant="default">{words.archived}</Badge>}
        </Group>
        {may.isOwner && folders > 0 && (
          <Anchor
            component="button"
            type="button"
            size="xs"
            flex="none"
            aria-label={words.folders.openOf(name)}
            onClick={() => showFolders(repository)}
          >
            {words.folders.open(folders)}
          </Anchor>
        )}
      </Group>
      <Text size="xs" c="dimmed" component="div" hiddenFrom="sm" truncate>
        <ReasonCell {...props} isNarrow />
      </Text>
    </div>
  );
}

interface ReasonCellProps extends CellProps {
  /** A phone has no room for the reason and a name: the name is what differs. */
  readonly isNarrow?: boolean;
}

/** What it is now: while the page is open, what became of it. */
export function ReasonCell({ slug, repository, following, showLeftOut, isNarrow = false }: ReasonCellProps) {
  const outcome = following.followed.get(repository.id)?.outcome;
  if (outcome !== undefined && outcome.kind !== 'none') {
    return <OutcomeText slug={slug} outcome={outcome} />;
  }
  const now = outcome?.repository ?? repository;
  if (now.packages.length > 0) {
    return now.packages.map((name) => <PackageLink key={name} slug={slug} name={name} />);
  }
  const [waiting] = now.waiting;
  const detail = now.reason === 'scan-failed' ? now.lastFailure?.message : waiting?.name;
  return (
    <Group gap={6} wrap="nowrap">
      <Text span inherit truncate={isNarrow || undefined}>
        {now.reason === undefined ? words.neverScanned : words.reasons[now.reason]}
      </Text>
      {detail !== undefined && (
        <Text
          span
          inherit
          c="dimmed"
          truncate
          title={detail}
          {...(isNarrow && waiting !== undefined && { flex: 'none', maw: '100%' })}
        >
          {detail}
        </Text>
      )}
      {now.leftOut > 0 && (
        <Anchor
          component="button"
          type="button"
          inherit
          aria-label={words.leftOutOf(now.name)}
          onClick={() => showLeftOut(now)}
        >
          {words.leftOut}
        </Anchor>
      )}
    </Group>
  );
}

function OutcomeText({
  slug,
  outcome,
}: {
  readonly slug: string;
  readonly outcome: Exclude<Outcome, { readonly kind: 'none' }>;
}) {
  if (outcome.kind !== 'installable') {
    return (
      <Group gap={6} wrap="nowrap" c="dimmed">
        <Loader size={14} aria-hidden="true" />
        {outcome.kind === 'scanning' ? words.outcomes.scanning : words.outcomes.publishing(outcome.name)}
      </Group>
    );
  }
  const [vendor = '', name = ''] = outcome.name.split('/');
  return (
    <Group gap={6} wrap="nowrap">
      <Text span inherit c="green" display="inline-flex">
        <Icon name="check" size={16} />
      </Text>
      <AnchorLink to="/o/$slug/packages/$vendor/$name" params={{ slug, vendor, name }} inherit truncate>
        {words.outcomes.installable(outcome.name)}
      </AnchorLink>
    </Group>
  );
}

export function ActionCell(props: CellProps): ReactNode {
  const { repository, following, may } = props;
  const outcome = following.followed.get(repository.id)?.outcome;
  if (outcome !== undefined && outcome.kind !== 'none') {
    return null;
  }
  const now = outcome?.repository ?? repository;
  const remedy = remedyOf(now);
  return remedy !== undefined && allows(may, remedy) ? (
    <RemedyButton {...props} repository={now} remedy={remedy} />
  ) : null;
}

export const allows = (may: May, remedy: Remedy): boolean =>
  remedy === 'add' ? may.addPackages : remedy === 'scan' ? may.managePackages : may.isOwner;

function RemedyButton({
  slug,
  repository,
  following: { add, scan },
  remedy,
}: CellProps & { readonly remedy: Remedy }) {
  const { id, name } = repository;
  const [vendor = '', short = ''] = repository.waiting[0]?.name.split('/') ?? [];
  switch (remedy) {
    case 'add':
      return (
        <Button
          size="xs"
          variant="light"
          aria-label={words.addOf(name)}
          loading={add.isPending && add.variables.some((one) => one.id === id)}
          onClick={() => add.mutate([repository])}
        >
          {words.add}
        </Button>
      );
    case 'scan':
      return (
        <Button
          size="xs"
          variant="default"
          aria-label={words.scanOf(name)}
          loading={scan.isPending && scan.variables.id === id}
          onClick={() => scan.mutate(repository)}
        >
          {words.scan}
        </Button>
      );
    case 'see-name':
      return (
        <ButtonLink
          to="/o/$slug/packages/$vendor/$name"
          params={{ slug, vendor, name: short }}
          search={{ tab: 'name' }}
          size="xs"
          variant="default"
          aria-label={words.seeNameOf(`${vendor}/${short}`)}
        >
          {words.seeName}
        </ButtonLink>
      );
    case 'see-vendors':
      return (
        <ButtonLink to="/o/$slug/settings" params={{ slug }} size="xs" variant="default">
          {words.seeVendors}
        </ButtonLink>
      );
  }
}
