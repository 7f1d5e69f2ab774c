import { Button, Group, List, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { organizationQuery, useMe } from '../../api/queries.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { notifyDone } from '../../components/notify.ts';
import { Page } from '../../components/page.tsx';
import { When } from '../../components/when.tsx';
import { emergencyStopWords } from '../../words/emergency-stop.ts';
import { settingsWords } from '../../words/settings.ts';
import { RefusedCommits } from './refused-commits.tsx';
import { Section } from './section.tsx';

const words = emergencyStopWords;

export function EmergencyStopPage() {
  const { slug } = useParams({ from: '/o/$slug/settings/emergency-stop' });
  const query = useQuery(organizationQuery(slug));
  return (
    <Page title={settingsWords.titles['emergency-stop']} of={slug} description={words.description}>
      <Loaded query={query} skeleton={<Skeleton height={220} />}>
        {(organization) =>
          organization.accessStoppedAt === undefined ? (
            <Running slug={slug} name={organization.name} />
          ) : (
            <Stopped slug={slug} name={organization.name} since={organization.accessStoppedAt} />
          )
        }
      </Loaded>
      <RefusedCommits slug={slug} />
    </Page>
  );
}

interface OfOrganization {
  readonly slug: string;
  readonly name: string;
}

/** Stops or allows access, once that is confirmed. */
function useAccess(slug: string, path: 'stop-access' | 'allow-access', done: string) {
  const [isOpen, setIsOpen] = useState(false);
  const change = useChange({
    send: (why: string) =>
      dataOf(
        path === 'stop-access'
          ? api.POST('/api/v1/organizations/{slug}/stop-access', {
              params: { path: { slug } },
              body: { why },
            })
          : api.POST('/api/v1/organizations/{slug}/allow-access', {
              params: { path: { slug } },
              body: { why },
            }),
      ),
    refreshes: [queryKeys.organization(slug), queryKeys.organizations],
    onDone: () => {
      setIsOpen(false);
      notifyDone(done);
    },
  });
  return {
    open: () => setIsOpen(true),
    dialog: {
      isOpen,
      isPending: change.isPending,
      error: change.error,
      onConfirm: ({ why }: { readonly why: string }) => change.mutate(why),
      onClose: () => setIsOpen(false),
    },
  };
}

function Running({ slug, name }: OfOrganization) {
  const { open, dialog } = useAccess(slug, 'stop-access', words.stop.done);
  const { isAdministrator } = useMe();
  return (
    <Section title={words.stop.title}>
      <List size="sm" spacing={4}>
        {words.stop.effects.map((effect) => (
          <List.Item key={effect}>{effect}</List.Item>
        ))}
      </List>
      <Group mt="md" gap="md">
        <Button color="red" onClick={open}>
          {words.stop.action}
        </Button>
        <Text size="sm" c="dimmed">
          {words.stop.less}{' '}
          <AnchorLink to="/o/$slug/settings/tokens" params={{ slug }} size="sm" underline="always">
            {words.stop.lessTokens}
          </AnchorLink>
          {' · '}
          <AnchorLink to="/o/$slug/people" params={{ slug }} size="sm" underline="always">
            {words.stop.lessPeople}
          </AnchorLink>
          {isAdministrator && (
            <>
              {' · '}
              <AnchorLink to="/installation/sign-ins" size="sm" underline="always">
                {words.stop.lessSessions}
              </AnchorLink>
            </>
          )}
        </Text>
      </Group>
      <ConfirmDialog
        {...dialog}
        title={words.stop.dialog(name)}
        action={words.stop.action}
        typed={slug}
        asksWhy
      >
        {words.stop.text}
      </ConfirmDialog>
    </Section>
  );
}

function Stopped({ slug, name, since }: OfOrganization & { readonly since: string }) {
  const { open, dialog } = useAccess(slug, 'allow-access', words.allow.done);
  const entry = useLastStop(slug);
  return (
    <Section title={words.stop.title} isDanger>
      <Stack gap={4}>
        <Text fw={600}>
          {words.allow.stopped} · <When at={since} />
        </Text>
        {entry !== undefined && (
          <Text size="sm">
            {entry.by}: {entry.why}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {words.allow.text}
        </Text>
      </Stack>
      <Button mt="md" onClick={open}>
        {words.allow.action}
      </Button>
      <ConfirmDialog {...dialog} title={words.allow.dialog(name)} action={words.allow.action} asksWhy>
        {words.allow.dialogText}
      </ConfirmDialog>
    </Section>
  );
}

/** Who stopped access last, and why. */
function useLastStop(slug: string): Schemas['HistoryEntry'] | undefined {
  const { data } = useQuery({
    queryKey: queryKeys.of(slug, 'history', 'last stop'),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/history', {
          params: { path: { slug }, query: { act: 'stop-access', limit: 1 } },
          signal,
        }),
      ),
  });
  return data?.items[0];
}
