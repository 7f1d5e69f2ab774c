import { Badge, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { synchronizationsQuery } from '../../api/queries.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useProgress } from '../../api/use-progress.ts';
import { ButtonLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { connectWords } from '../../words/connect.ts';
import { shownNumber } from '../../words/locale.ts';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import { InstallWithToken } from './install-with-token.tsx';
import { isAddable, Skipped, type SkippedGroup } from './skipped.tsx';

const words = connectWords.progress;
const countsShown = ['members', 'teams', 'repositories', 'packages', 'versions'] as const;

/** The last step: how far the first synchronization is, and then the lines to paste. */
export function ConnectedPage() {
  const { slug } = useParams({ from: '/organizations/connected/$slug' });
  const query = useQuery(synchronizationsQuery(slug));
  return (
    <Page
      title={words.title}
      of={slug}
      description={slug}
      actions={
        <ButtonLink to="/o/$slug" params={{ slug }} variant="default">
          {connectWords.install.toOverview}
        </ButtonLink>
      }
    >
      <Loaded query={query}>
        {({ items: [first] }) =>
          first === undefined ? <Text>{words.none}</Text> : <Import slug={slug} synchronization={first.id} />
        }
      </Loaded>
    </Page>
  );
}

interface ImportProps {
  readonly slug: string;
  readonly synchronization: string;
}

/** Whether something that was added is no package yet, for the reason for which it was added. */
const isLeft = (groups: readonly SkippedGroup[], added: ReadonlySet<string>): boolean =>
  groups.some(
    ({ reason, items }) => isAddable(reason) && items.some(({ repository }) => added.has(repository.id)),
  );

function Import({ slug, synchronization }: ImportProps) {
  const [added, setAdded] = useState<ReadonlySet<string>>(new Set());
  const query = useProgress({
    queryKey: queryKeys.of(slug, 'import', synchronization),
    read: (signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/synchronizations/{synchronization}/import', {
          params: { path: { slug, synchronization } },
          signal,
        }),
      ),
    isDone: ({ isOver, skipped }) => isOver && !isLeft(skipped, added),
  });
  return (
    <Loaded query={query}>
      {(found) => (
        <Stack gap="xl" maw="44rem">
          <Found found={found} />
          {found.isOver && found.counts.packages > 0 && <InstallWithToken slug={slug} />}
          {found.isOver && found.skipped.length > 0 && (
            <Skipped
              slug={slug}
              groups={found.skipped}
              added={added}
              onAdded={(ids) => setAdded(new Set([...added, ...ids]))}
            />
          )}
        </Stack>
      )}
    </Loaded>
  );
}

function Found({ found: { isOver, lists, counts } }: { readonly found: Schemas['ImportSummary'] }) {
  // Until the list of repositories is read nobody knows how many there are.
  const isListed = isOver || counts.repositories > 0;
  const scanned = isListed ? words.scanned(counts.scanned, counts.repositories) : words.listing;
  const share = counts.repositories === 0 ? 0 : (100 * counts.scanned) / counts.repositories;
  return (
    <Stack gap="md">
      <Text role="status">{isOver ? words.over : words.reading}</Text>
      <div>
        <Progress aria-label={scanned} value={isOver ? 100 : share} animated={!isOver} />
        <Text size="sm" c="dimmed" mt={4}>
          {scanned}
          {counts.published < counts.packages && ` · ${words.published(counts.published, counts.packages)}`}
        </Text>
      </div>
      <Group gap="lg">
        {countsShown.map((one) => (
          <div key={one}>
            <Text size="sm" c="dimmed">
              {words.counts[one]}
            </Text>
            <Text size="xl" fw={650}>
              {shownNumber(counts[one])}
            </Text>
          </div>
        ))}
      </Group>
      {!isOver && (
        <div>
          <Title order={2} size="h4" mb="xs">
            {words.lists}
          </Title>
          <Group gap="xs">
            {lists.map(({ name, readAt }) => (
              <Badge key={name} variant="dot" color={readAt === undefined ? 'gray' : 'green'}>
                {`${synchronizationsWords.listOf(name)}: ${readAt === undefined ? words.waits : words.read}`}
              </Badge>
            ))}
          </Group>
        </div>
      )}
    </Stack>
  );
}
