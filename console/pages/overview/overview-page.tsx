import { Group, Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import type { Schemas } from '../../api/client.ts';
import { useMe } from '../../api/queries.ts';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { LoadingRows } from '../../components/states.tsx';
import { WhenInView } from '../../components/when-in-view.tsx';
import { shownNumber } from '../../words/locale.ts';
import { overviewWords as words } from '../../words/overview.ts';
import { ActivityTable } from './activity-table.tsx';
import { Attention } from './attention.tsx';
import { Health } from './health.tsx';
import { Lately } from './lately.tsx';
import classes from './overview-page.module.css';
import { activityQuery, overviewQuery } from './queries.ts';

const ActivityChart = lazy(async () => ({ default: (await import('./activity-chart.tsx')).ActivityChart }));
const from = '/o/$slug/';

/** For owners; whoever may not see it goes on to the packages. */
export function OverviewPage() {
  const { slug } = useParams({ from });
  const role = useMe().organizations.find((one) => one.slug === slug)?.role;
  return role === undefined || role === 'owner' ? (
    <OwnersOverview slug={slug} />
  ) : (
    <Navigate to="/o/$slug/packages" params={{ slug }} replace />
  );
}

interface OfOrganization {
  readonly slug: string;
}

function OwnersOverview({ slug }: OfOrganization) {
  const query = useQuery(overviewQuery(slug));
  return (
    <Page title={words.title} of={slug} description={query.data?.name ?? slug}>
      <Loaded query={query} skeleton={<LoadingRows count={12} />}>
        {(overview) => (
          <Stack gap="xl">
            <Figures counts={overview.counts} />
            <div className={classes.columns}>
              <Stack gap="xl">
                <Section title={words.attention.title}>
                  <Attention slug={slug} overview={overview} />
                </Section>
                <Section
                  title={words.lately.title}
                  action={
                    <AnchorLink to="/o/$slug/settings/history" params={{ slug }} size="sm">
                      {words.lately.all}
                    </AnchorLink>
                  }
                >
                  <Lately slug={slug} overview={overview} />
                </Section>
              </Stack>
              <Stack gap="xl">
                <Section title={words.health.title}>
                  <Health slug={slug} overview={overview} />
                </Section>
                <Section title={words.activity.title}>
                  <Activity slug={slug} />
                </Section>
              </Stack>
            </div>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

interface SectionProps {
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

const Section = ({ title, action, children }: SectionProps) => (
  <section aria-label={title}>
    <Group justify="space-between" mb="xs">
      <Title order={2} size="h4">
        {title}
      </Title>
      {action}
    </Group>
    {children}
  </section>
);

function Figures({ counts: { packages, versions, downloads } }: Pick<Schemas['Overview'], 'counts'>) {
  const notes = [
    ...(packages.accepted > 0 ? [words.figures.accepted(packages.accepted)] : []),
    ...(packages.unreadable > 0 ? [words.figures.unreadable(packages.unreadable)] : []),
  ];
  return (
    <Group gap="xl" align="flex-start">
      <Figure label={words.figures.packages} value={packages.available} note={notes.join(', ')} />
      <Figure label={words.figures.versions} value={versions} />
      <Figure label={words.figures.downloads} value={downloads} />
    </Group>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: number;
  readonly note?: string;
}

const Figure = ({ label, value, note = '' }: FigureProps) => (
  <div>
    <Text size="sm" c="dimmed">
      {label}
    </Text>
    <Text size="xl" fw={650} lh={1.2}>
      {shownNumber(value)}
    </Text>
    {note !== '' && (
      <Text size="xs" c="dimmed">
        {note}
      </Text>
    )}
  </div>
);

function Activity({ slug }: OfOrganization) {
  const query = useQuery(activityQuery(slug));
  const skeleton = <Skeleton className={classes.chartSkeleton} />;
  return (
    <Loaded query={query} skeleton={skeleton}>
      {({ days }) => (
        <>
          <WhenInView placeholder={<div className={classes.chartSkeleton} />}>
            <Suspense fallback={skeleton}>
              <ActivityChart days={days} />
            </Suspense>
          </WhenInView>
          <VisuallyHidden>
            <ActivityTable days={days} />
          </VisuallyHidden>
        </>
      )}
    </Loaded>
  );
}
