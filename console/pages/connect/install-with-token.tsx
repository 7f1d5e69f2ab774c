import { Button, Stack, Text, Title } from '@mantine/core';
import { useEffect } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { InstallLines } from '../../components/install-lines.tsx';
import { ProblemAlert } from '../../components/states.tsx';
import { connectWords } from '../../words/connect.ts';
import { takeConnected } from './just-connected.ts';

const words = connectWords.install;

interface InstallWithTokenProps {
  readonly slug: string;
  /** The package that the lines require; one of the organization if left out. */
  readonly example?: string;
}

/** A token of the person's own, in the lines that make Composer use it. */
export function InstallWithToken({ slug, example }: InstallWithTokenProps) {
  const token = useChange({
    send: (description: string, key) =>
      dataOf(
        api.POST('/api/v1/me/tokens', {
          params: { header: { 'idempotency-key': key } },
          body: { description },
        }),
      ),
  });
  const { mutate } = token;
  useEffect(() => {
    if (takeConnected(slug)) {
      mutate(words.description);
    }
  }, [slug, mutate]);
  return (
    <Stack component="section" aria-label={words.title} gap="sm" align="flex-start">
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
        <InstallLines slug={slug} secret={token.data.secret} example={example} />
      )}
      <ProblemAlert error={token.error} />
    </Stack>
  );
}
