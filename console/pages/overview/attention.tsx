import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Schemas } from '../../api/client.ts';
import { CodeText } from '../../components/code-text.tsx';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink } from '../../components/link.tsx';
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
  const people = useQuery(waitingPeopleQuery(slug)).data;
  const rows = [
    ...(people === undefined || people.items.length === 0
      ? []
      : [
          <Entry
            key="people"
            link={
              <AnchorLink to="/o/$slug/people" params={{ slug }}>
                {words.people(people.items.length, people.next !== undefined)}
              </AnchorLink>
            }
            detail={named(people.items.map(({ login }) => login))}
          />,
        ]),
    ...overview.synchronizations.flatMap((one) => ofSynchronization(slug, one)),
    ...ofPackages(slug, overview.attention),
  ];
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
          {words.connection(login)}
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
  const kinds = [
    {
      to: '/o/$slug/packages',
      text: words.movedTags(movedTags.count),
      count: movedTags.count,
      names: movedTags.items.map((one) => `${one.package} ${one.version}`),
    },
    {
      to: '/o/$slug/packages',
      text: words.contestedNames(contestedNames.count),
      count: contestedNames.count,
      names: contestedNames.items,
    },
    {
      to: '/o/$slug/repositories',
      text: words.scanFailures(scanFailures.count),
      count: scanFailures.count,
      names: scanFailures.items.map(({ repository }) => repository.name),
    },
    ...waiting.flatMap(({ reason, count, items }) =>
      // Forks are left out on purpose: nothing has to be decided.
      reason === 'fork'
        ? []
        : [
            {
              to: '/o/$slug/repositories' as const,
              text: words.waiting[reason](count),
              count,
              names: items.map(({ name }) => name),
            },
          ],
    ),
  ] as const;
  return kinds
    .filter(({ count }) => count > 0)
    .map(({ to, text, count, names }) => (
      <Entry
        key={text}
        link={
          <AnchorLink to={to} params={{ slug }}>
            {text}
          </AnchorLink>
        }
        detail={named(names, count)}
      />
    ));
}

function named(names: readonly string[], count = names.length): string {
  const shown = [...new Set(names)].slice(0, namedMax);
  const more = count - shown.length;
  return [shown.join(', '), ...(more > 0 ? [words.more(more)] : [])].join(' ');
}

const Entry = ({ link, detail }: { readonly link: ReactNode; readonly detail: string }) => (
  <li>
    <Text size="sm" fw={500} component="div">
      {link}
    </Text>
    <Text size="xs" c="dimmed">
      <CodeText text={detail} />
    </Text>
  </li>
);
