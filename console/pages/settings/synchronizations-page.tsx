import { Badge, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Schemas } from '../../api/client.ts';
import { synchronizationsQuery } from '../../api/queries.ts';
import { hostOf } from '../../components/host.ts';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { settingsWords } from '../../words/settings.ts';
import { Archives } from './archives.tsx';
import { CautionSection } from './caution-form.tsx';
import { EndSynchronization } from './end-synchronization.tsx';
import { MakePrimary } from './make-primary.tsx';
import { Section } from './section.tsx';
import { Viewers } from './viewers.tsx';

const words = settingsWords.synchronizations;

/** What is set for each synchronization. How they are is on their own pages. */
export function SynchronizationsPage() {
  const { slug } = useParams({ from: '/o/$slug/settings/synchronizations' });
  const query = useQuery(synchronizationsQuery(slug));
  return (
    <Page
      title={settingsWords.titles.synchronizations}
      of={slug}
      description={words.description}
      actions={
        <ButtonLink to="/organizations/new" search={{ into: slug }} variant="default">
          {commonWords.connectOrganization}
        </ButtonLink>
      }
    >
      <Loaded query={query} skeleton={<Skeleton height={320} />}>
        {({ items }) =>
          items.length === 0 ? (
            <None slug={slug} />
          ) : (
            <Stack gap="lg">
              {items.map((one) => (
                <One key={one.id} slug={slug} synchronization={one} isOnly={items.length === 1} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

const None = ({ slug }: { readonly slug: string }) => (
  <Empty
    icon="sync"
    title={words.none.title}
    text={words.none.text}
    action={
      <ButtonLink to="/organizations/new" search={{ into: slug }} variant="default" mt="xs">
        {words.none.action}
      </ButtonLink>
    }
  />
);

interface OneProps {
  readonly slug: string;
  readonly synchronization: Schemas['Synchronization'];
  readonly isOnly: boolean;
}

function One({ slug, synchronization, isOnly }: OneProps) {
  const { id, login, baseUrl, isPrimary, storesArchives, viewersInstall } = synchronization;
  const of = { slug, id, login };
  return (
    <Section
      title={login}
      description={hostOf(baseUrl)}
      action={
        <AnchorLink
          to="/o/$slug/synchronizations/$synchronization"
          params={{ slug, synchronization: id }}
          size="sm"
          flex="none"
        >
          {words.open}
        </AnchorLink>
      }
    >
      <Stack gap="lg">
        <CautionSection {...of} />
        <Archives {...of} store={storesArchives} />
        {viewersInstall !== undefined && <Viewers {...of} install={viewersInstall} />}
        {isPrimary && !isOnly ? (
          <Group gap="sm">
            <Badge variant="light" color="gray" size="lg">
              {words.primary}
            </Badge>
            <Text size="sm" c="dimmed">
              {words.primaryStays}
            </Text>
          </Group>
        ) : (
          <Group gap="sm">
            {!isPrimary && <MakePrimary {...of} />}
            <div style={{ marginInlineStart: 'auto' }}>
              <EndSynchronization {...of} isOnly={isOnly} />
            </div>
          </Group>
        )}
      </Stack>
    </Section>
  );
}
