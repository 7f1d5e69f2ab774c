/** What came of going to a code host, on the page that one comes back to. */
import { Alert, Button, Group, List, Loader, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { useMe } from '../api/queries.ts';
import { useChange } from '../api/use-change.ts';
import type { OutcomeSearch } from '../routes/outcome.ts';
import { outcomeWords as words } from '../words/outcome.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { Icon } from './icon.tsx';
import { notifyDone } from './notify.ts';
import { problemText } from './problem-text.ts';

interface OutcomeProps extends OutcomeSearch {
  /** What is said after success; nothing if left out, since the page shows it. */
  readonly done?: string;
  /** Whoever is signed in has read it, or has become one with the other user: the page is shown without the outcome. */
  onEnd(): void;
}

export function Outcome({ outcome, reason, done, onEnd }: OutcomeProps) {
  if (outcome === undefined || (outcome === 'done' && done === undefined)) {
    return null;
  }
  if (outcome === 'taken') {
    return <Taken onEnd={onEnd} />;
  }
  const isDone = outcome === 'done';
  return (
    <Alert
      role={isDone ? 'status' : 'alert'}
      color={isDone ? 'green' : 'red'}
      variant="light"
      icon={<Icon name={isDone ? 'check' : 'warning'} />}
      withCloseButton
      closeButtonLabel={words.close}
      onClose={onEnd}
    >
      {isDone ? done : (words.reasons.get(reason ?? '') ?? words[outcome])}
    </Alert>
  );
}

/** The account is another user's. If both are one person, they can be merged. */
function Taken({ onEnd }: Pick<OutcomeProps, 'onEnd'>) {
  const query = useQuery({
    queryKey: ['merge'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/me/merge', { signal })),
    staleTime: 0,
    retry: false,
  });
  return (
    <Alert
      role="alert"
      color="yellow"
      variant="light"
      icon={<Icon name="people" />}
      title={words.taken}
      withCloseButton
      closeButtonLabel={words.close}
      onClose={onEnd}
    >
      {query.data !== undefined && <MergeOffer other={query.data} onEnd={onEnd} />}
      {query.isPending && <Loader size="sm" />}
      {query.isError && (
        <Text size="sm">
          {isProblem(query.error, 'not-found') ? words.proofEnded : problemText(query.error)}
        </Text>
      )}
    </Alert>
  );
}

interface MergeOfferProps extends Pick<OutcomeProps, 'onEnd'> {
  readonly other: Schemas['ProvenMerge'];
}

function MergeOffer({ other: { user, name, login }, onEnd }: MergeOfferProps) {
  const me = useMe();
  const client = useQueryClient();
  const theirs = name === undefined || name === login ? login : `${name} (${login})`;
  const mine = me.name ?? me.login;
  const merge = useChange({
    send: () => dataOf<unknown>(api.POST('/api/v1/me/merge', { body: { user } })),
    onDone: () => {
      notifyDone(words.merged);
      onEnd();
      // Organizations, rights and accounts can all be others now.
      void client.invalidateQueries();
    },
  });
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm">{words.takenBy(theirs, mine)}</Text>
      <Group gap="xs">
        <ConfirmButton
          label={words.merge}
          variant="filled"
          size="xs"
          title={words.mergeTitle(theirs, mine)}
          action={words.mergeAction}
          change={merge}
        >
          <List size="sm" spacing={4}>
            {words.consequences(theirs, mine).map((one) => (
              <List.Item key={one}>{one}</List.Item>
            ))}
          </List>
        </ConfirmButton>
        <Button size="xs" variant="default" onClick={onEnd}>
          {words.leave}
        </Button>
      </Group>
    </Stack>
  );
}
