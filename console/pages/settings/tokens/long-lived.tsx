import { Alert, Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { useChange } from '../../../api/use-change.ts';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { Icon } from '../../../components/icon.tsx';
import { notifyDone } from '../../../components/notify.ts';
import { ProblemAlert } from '../../../components/states.tsx';
import { exactDay } from '../../../components/time.ts';
import { tokensWords } from '../../../words/tokens.ts';
import { settingsQuery, tokensKey } from './queries.ts';
import { longLived } from './token-list.ts';

const words = tokensWords.longLived;

interface LongLivedProps {
  readonly slug: string;
  readonly tokens: readonly Schemas['Token'][];
}

/** Says that older tokens live longer than the settings allow now, and brings them within the limit. */
export function LongLived({ slug, tokens }: LongLivedProps) {
  const longest = useQuery(settingsQuery(slug)).data?.longestTokenDays;
  const [now] = useState(() => Date.now());
  const [isOpen, setIsOpen] = useState(false);
  const shorten = useShortening(slug, () => setIsOpen(false));
  const count = longest === undefined ? 0 : longLived(tokens, longest, now).length;
  if (longest === undefined || count === 0) {
    return null;
  }
  return (
    <>
      <Alert variant="light" color="yellow" icon={<Icon name="clock" />}>
        <Stack gap="xs" align="flex-start">
          <div>
            <Text size="sm" fw={600}>
              {words.title(count, longest)}
            </Text>
            <Text size="sm">{words.text}</Text>
          </div>
          <Button
            variant="default"
            size="xs"
            loading={shorten.preview.isPending}
            onClick={() => shorten.preview.mutate(undefined, { onSuccess: () => setIsOpen(true) })}
          >
            {words.action}
          </Button>
          <ProblemAlert error={shorten.preview.error} />
        </Stack>
      </Alert>
      <ConfirmDialog
        isOpen={isOpen}
        title={words.dialog}
        action={words.confirm}
        typed={slug}
        asksWhy
        isPending={shorten.change.isPending}
        error={shorten.change.error}
        onConfirm={({ confirm, why }) => shorten.change.mutate({ confirm, why })}
        onClose={() => setIsOpen(false)}
      >
        {shorten.preview.data !== undefined && <Preview found={shorten.preview.data} />}
      </ConfirmDialog>
    </>
  );
}

/** @param onDone once nothing is left */
function useShortening(slug: string, onDone: () => void) {
  const send = (body: Schemas['TokenShortening']) =>
    dataOf(api.POST('/api/v1/organizations/{slug}/tokens/shorten', { params: { path: { slug } }, body }));
  const preview = useChange({ send: () => send({ why: words.dialog }) });
  const change = useChange({
    send,
    refreshes: [tokensKey(slug)],
    onDone: ({ count, left }) => {
      if (left === 0) {
        onDone();
        notifyDone(words.done(count));
      } else {
        notifyDone(words.left(left));
      }
    },
  });
  return { preview, change };
}

function Preview({ found: { count, takenOut, endsAt } }: { readonly found: Schemas['ShortenedTokens'] }) {
  const shortened = count - takenOut;
  return (
    <Stack gap={4}>
      {shortened > 0 && <Text size="sm">{words.shortened(shortened, exactDay(Date.parse(endsAt)))}</Text>}
      {takenOut > 0 && <Text size="sm">{words.takenOut(takenOut)}</Text>}
    </Stack>
  );
}
