import { Button, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { organizationQuery } from '../../api/queries.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { CopyBlock } from '../../components/copy-block.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { ProblemAlert } from '../../components/states.tsx';
import { connectWords } from '../../words/connect.ts';
import { linesToPaste } from './lines-to-paste.ts';

const words = connectWords.install;

/** A token of the person's own, in the lines that make Composer use it. */
export function InstallLines({ slug }: { readonly slug: string }) {
  const organization = useQuery(organizationQuery(slug));
  const example = useQuery({
    queryKey: queryKeys.of(slug, 'packages', 'example'),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/packages', {
          params: { path: { slug }, query: { state: 'available', limit: 1 } },
          signal,
        }),
      ),
  });
  const token = useChange({
    send: (description: string, key) =>
      dataOf(
        api.POST('/api/v1/me/tokens', {
          params: { header: { 'idempotency-key': key } },
          body: { description },
        }),
      ),
  });
  return (
    <section aria-label={words.title}>
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h4">
          {words.title}
        </Title>
        <Text size="sm" c="dimmed">
          {token.data === undefined ? words.text : words.once}
        </Text>
        {token.data === undefined ? (
          <Button loading={token.isPending} onClick={() => token.mutate(words.description)}>
            {words.make}
          </Button>
        ) : (
          <Loaded query={organization}>
            {({ url }) => (
              <CopyBlock
                text={linesToPaste({
                  slug,
                  url,
                  secret: token.data.secret,
                  example: example.data?.items[0]?.name,
                }).join('\n')}
                label={words.copy}
              />
            )}
          </Loaded>
        )}
        <ProblemAlert error={token.error} />
      </Stack>
    </section>
  );
}
