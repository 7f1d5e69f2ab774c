import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { BorderedList } from '../../components/bordered-list.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { ProblemAlert } from '../../components/states.tsx';
import { connectWords } from '../../words/connect.ts';
import { repositoriesWords } from '../../words/repositories.ts';

export type SkippedGroup = Schemas['ImportSummary']['skipped'][number];
const words = connectWords.skipped;

/** Of each reason; the page of the repositories has all. */
const shownMax = 5;
/** What adding a repository is the answer to. */
export const isAddable = (reason: SkippedGroup['reason']): boolean =>
  reason === 'not-chosen' || reason === 'fork';

interface SkippedProps {
  readonly slug: string;
  readonly groups: readonly SkippedGroup[];
  /** Ids of the repositories that were added here. */
  readonly added: ReadonlySet<string>;
  onAdded(ids: readonly string[]): void;
}

/** Which repositories are no packages and why, with what can be done about it. */
export function Skipped({ slug, groups, added, onAdded }: SkippedProps) {
  const add = useChange({
    send: (ids: readonly string[]) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/packages', {
          params: { path: { slug } },
          body: { repositories: [...ids] },
        }),
      ),
    refreshes: [queryKeys.of(slug, 'import')],
    onDone: (_, ids) => onAdded(ids),
  });
  const pending = add.isPending ? add.variables : [];
  return (
    <Stack component="section" aria-labelledby="skipped" gap="sm">
      <Title order={2} size="h4" id="skipped">
        {words.title(groups.reduce((sum, { count }) => sum + count, 0))}
      </Title>
      <ProblemAlert error={add.error} />
      {groups.map(({ reason, count, items }) => (
        <div key={reason}>
          <Group justify="space-between" mb={4}>
            <Text size="sm" fw={600}>
              {words.group(repositoriesWords.reasons[reason], count)}
            </Text>
            <AnchorLink to="/o/$slug/repositories" params={{ slug }} search={{ reason }} size="sm">
              {words.all}
            </AnchorLink>
          </Group>
          <BorderedList label={repositoriesWords.reasons[reason]}>
            {items.slice(0, shownMax).map(({ repository: { id, name }, name: packageName, failure }) => (
              <li key={`${id} ${packageName ?? ''}`}>
                <Group justify="space-between" wrap="nowrap">
                  <div style={{ minWidth: 0 }}>
                    <Text size="sm" truncate title={name}>
                      {name}
                    </Text>
                    {(failure ?? packageName ?? name) !== name && (
                      <Text size="xs" c="dimmed" truncate title={failure ?? packageName}>
                        {failure ?? packageName}
                      </Text>
                    )}
                  </div>
                  {isAddable(reason) && (
                    <Button
                      size="xs"
                      variant="light"
                      flex="none"
                      aria-label={repositoriesWords.addOf(name)}
                      loading={pending.includes(id) || added.has(id)}
                      onClick={() => add.mutate([id])}
                    >
                      {repositoriesWords.add}
                    </Button>
                  )}
                </Group>
              </li>
            ))}
          </BorderedList>
        </div>
      ))}
    </Stack>
  );
}
