import { Badge, Button, Group, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { forgetPerson } from '../../api/forget-person.ts';
import { useChange } from '../../api/use-change.ts';
import { BorderedList } from '../../components/bordered-list.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { notifyDone } from '../../components/notify.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { profileWords } from '../../words/profile.ts';
import classes from './profile-page.module.css';
import { ProfilePage } from './profile-page.tsx';

type Session = Schemas['Session'];
const words = profileWords.sessions;
const sessionsKey = ['sessions'];

export function SessionsPage() {
  const query = useQuery({
    queryKey: sessionsKey,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/me/sessions', { signal })),
  });
  const others = query.data?.items.filter(({ isCurrent }) => !isCurrent).length ?? 0;
  return (
    <ProfilePage tab="sessions" actions={others > 0 && <EndOthers count={others} />}>
      <Loaded query={query}>
        {({ items }) => (
          <BorderedList label={profileWords.titles.sessions}>
            {items
              .toSorted((one, other) => Number(other.isCurrent) - Number(one.isCurrent))
              .map((one) => (
                <li key={one.id}>
                  <Group gap="sm" wrap="nowrap">
                    <Icon name="device" size={20} />
                    <About session={one} />
                    <End session={one} />
                  </Group>
                </li>
              ))}
          </BorderedList>
        )}
      </Loaded>
    </ProfilePage>
  );
}

const About = ({
  session: { program, userAgent, address, isCurrent, startedAt, lastUsedAt },
}: {
  readonly session: Session;
}) => (
  <div className={classes.grow}>
    <Group gap="0 var(--mantine-spacing-xs)">
      <Text fw={600} title={userAgent}>
        {program}
      </Text>
      {isCurrent && (
        <Badge color="green" variant="dot">
          {words.current}
        </Badge>
      )}
    </Group>
    <Text size="sm" c="dimmed" component="div" className={classes.parts}>
      <span className={classes.part}>{address}</span>
      <span className={classes.part}>
        {words.lastSeen} <When at={lastUsedAt} />
      </span>
      <span className={classes.part}>
        {words.since} <When at={startedAt} />
      </span>
    </Text>
  </div>
);

function End({ session: { id, isCurrent, program } }: { readonly session: Session }) {
  const client = useQueryClient();
  const end = useChange({
    send: () => dataOf<unknown>(api.DELETE('/api/v1/me/sessions/{id}', { params: { path: { id } } })),
    refreshes: isCurrent ? [] : [sessionsKey],
    onDone: () => {
      if (isCurrent) {
        forgetPerson(client);
        window.location.assign('/');
      } else {
        notifyDone(words.ended(program));
      }
    },
  });
  return (
    <div>
      <Button
        variant="default"
        size="xs"
        aria-label={isCurrent ? words.endHere : words.endOf(program)}
        loading={end.isPending}
        onClick={() => end.mutate(undefined)}
      >
        {words.end}
      </Button>
      <ProblemAlert error={end.error} />
    </div>
  );
}

function EndOthers({ count }: { readonly count: number }) {
  const end = useChange({
    send: () => dataOf(api.POST('/api/v1/me/sessions/end-others')),
    refreshes: [sessionsKey],
    onDone: ({ ended }) => notifyDone(words.endedOthers(ended)),
  });
  return (
    <ConfirmButton
      label={words.endOthers}
      leftSection={<Icon name="signOut" size={16} />}
      title={words.endOthersTitle}
      change={end}
    >
      {words.endOthersText(count)}
    </ConfirmButton>
  );
}
