import { Group, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Schemas } from '../../api/client.ts';
import { CodeText } from '../../components/code-text.tsx';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { PackageLink } from '../../components/package-link.tsx';
import { When } from '../../components/when.tsx';
import { overviewWords } from '../../words/overview.ts';
import classes from './overview-page.module.css';
import { waitingPeopleQuery } from './queries.ts';

const words = overviewWords.attention;
/** Of each kind only so many are named here; their page has all of them. */
const namedMax = 3;

interface AttentionProps {
  readonly slug: string;
  readonly overview: Schemas['Overview'];
}

/** What waits for a person, each with the page where it is decided. */
export function Attention({ slug, overview }: AttentionProps) {
  const { data: people, isPending } = useQuery(waitingPeopleQuery(slug));
  const rows = [
    ...overview.synchronizations.flatMap((one) => ofSynchronization(slug, one)),
    ...ofPackages(slug, overview.attention),
    // Asked for after the others, so it stands after them: they stay where they are.
    ...(people === undefined || people.items.length === 0
      ? []
      : [
          <Entry
            key="people"
            link={
              <AnchorLink to="/o/$slug/people" params={{ slug }} search={{ state: 'waiting' }}>
                {words.people(people.items.length, people.hasMore)}
              </AnchorLink>
            }
            detail={named(people.items.map(({ login }) => login))}
          />,
        ]),
  ];
  if (rows.length === 0 && isPending) {
    return <Skeleton height={22} width="60%" />;
  }
  return rows.length === 0 ? (
    <Group gap="xs">
      <Icon name="check" />
      <Text size="sm" c="dimmed">
        {words.nothing}
      </Text>
    </Group>
  ) : (
    <ul className={classes.list}>{rows}</ul>
  );
}

function ofSynchronization(slug: string, one: Schemas['OverviewSynchronization']): readonly ReactNode[] {
  const { id, login, heldRemovals, connection, hooks } = one;
  const params = { slug, synchronization: id };
  const held = heldRemovals.map(({ scope, count }) => (
    <Entry
      key={`${id} held ${scope}`}
      link={
        <AnchorLink to="/o/$slug/synchronizations/$synchronization/held-removals" params={params}>
          {words.held(count, login)}
        </AnchorLink>
      }
      detail={words.heldWhy(scope)}
    />
  ));
  const advice = connection.advice !== undefined && (
    <Entry
      key={`${id} connection`}
      link={
        <AnchorLink to="/o/$slug/settings/credentials" params={{ slug }}>
          {connection.expiresAt === undefined ? (
            words.connection(login)
          ) : (
            <>
              {words.connectionEnds(login)} <When at={connection.expiresAt} />
            </>
          )}
        </AnchorLink>
      }
      detail={connection.advice}
    />
  );
  const webhooks = hooks?.problem !== undefined && (
    <Entry
      key={`${id} hooks`}
      link={
        <AnchorLink to="/o/$slug/synchronizations/$synchronization/webhooks" params={params}>
          {words.hooks(login)}
        </AnchorLink>
      }
      detail={hooks.problem.message}
    />
  );
  return [...held, advice, webhooks].filter((row) => row !== false);
}

function ofPackages(slug: string, attention: Schemas['Overview']['attention']): readonly ReactNode[] {
  const { movedTags, contestedNames, scanFailures, waiting } = attention;
  const ofRepositories = [
    ...waiting.map(({ reason, count, items }) => ({
      ...{ reason, count, text: words.waiting[reason](count), names: items.map(({ name }) => name) },
    })),
    {
      reason: 'scan-failed' as const,
      count: scanFailures.count,
      text: words.scanFailures(scanFailures.count),
      names: scanFailures.items.map(({ repository }) => repository.name),
    },
  ];
  return [
    <OfPackages
      key="moved tags"
      slug={slug}
      text={words.movedTags(movedTags.count)}
      count={movedTags.count}
      items={movedTags.items.map((one) => ({ name: one.package, note: one.version }))}
    />,
    <OfPackages
      key="contested names"
      slug={slug}
      text={words.contestedNames(contestedNames.count)}
      count={contestedNames.count}
      items={contestedNames.items.map((name) => ({ name, note: '' }))}
    />,
    ...ofRepositories.map(({ reason, count, text, names }) => (
      <Entry
        key={reason}
        link={
          <AnchorLink to="/o/$slug/repositories" params={{ slug }} search={{ reason }}>
            {text}
          </AnchorLink>
        }
        detail={named(names, count)}
        count={count}
      />
    )),
  ].filter(({ props }) => props.count > 0);
}

interface OfPackagesProps {
  readonly slug: string;
  readonly text: string;
  readonly count: number;
  readonly items: readonly { readonly name: string; readonly note: string }[];
}

/** What is decided on the page of each package. */
const OfPackages = ({ slug, text, count, items }: OfPackagesProps) => (
  <Entry
    link={text}
    count={count}
    detail={
      <>
        {items.slice(0, namedMax).map(({ name, note }, place) => (
          <span key={`${name} ${note}`}>
            {place > 0 && ', '}
            <PackageLink slug={slug} name={name} /> {note}
          </span>
        ))}
        {count > namedMax && ` ${words.more(count - namedMax)}`}
      </>
    }
  />
);

function named(names: readonly string[], count = names.length): string {
  const shown = [...new Set(names)].slice(0, namedMax);
  const more = count - shown.length;
  return [shown.join(', '), ...(more > 0 ? [words.more(more)] : [])].join(' ');
}

interface EntryProps {
  readonly link: ReactNode;
  readonly detail: ReactNode;
  /** How many there are; an entry of none is left out. */
  readonly count?: number;
}

const Entry = ({ link, detail }: EntryProps) => (
  <li>
    <Text size="sm" fw={500} component="div">
      {link}
    </Text>
    <Text size="xs" c="dimmed" component="div">
      {typeof detail === 'string' ? <CodeText text={detail} /> : detail}
    </Text>
  </li>
);
