import { Badge, Button, Group, Skeleton, Stack, Text, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import type { Schemas } from '../../api/client.ts';
import { hostOf } from '../../components/host.ts';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { LoadingRows, ProblemAlert } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { NotFoundPage } from '../../layout/not-found-page.tsx';
import { synchronizationsWords as words } from '../../words/synchronizations.ts';
import { overviewQuery } from '../overview/queries.ts';
import { Alerts } from './alerts.tsx';
import { Facts } from './facts.tsx';
import { PreviewButton } from './preview-button.tsx';
import { synchronizationQuery, useIsOwner, type Which } from './queries.ts';
import { ReadProgress } from './read-progress.tsx';
import { Runs } from './runs.tsx';
import { StateBadge } from './state-badge.tsx';
import classes from './synchronization.module.css';
import { useReadNow, useRequestPreview } from './use-requests.ts';

const from = '/o/$slug/synchronizations/$synchronization';

export function SynchronizationPage() {
  const which = useParams({ from });
  return useIsOwner(which.slug) ? <OfOwner {...which} /> : <OfMember {...which} />;
}

function OfOwner(which: Which) {
  const { slug, synchronization } = which;
  const { asked } = useSearch({ from });
  const query = useQuery(overviewQuery(slug));
  const [readNow, preview] = [useReadNow(which), useRequestPreview(which)];
  const all = query.data?.synchronizations;
  const found = all?.find(({ id }) => id === synchronization);
  if (all !== undefined && found === undefined) {
    return <NotFoundPage />;
  }
  return (
    <Page
      title={found?.login ?? words.titles.synchronization}
      of={slug}
      above={all !== undefined && all.length > 1 && <ToList slug={slug} />}
      description={found === undefined ? <Skeleton height={22} width={220} mt={4} /> : <Where {...found} />}
      actions={
        found && (
          <Group gap="xs">
            <PreviewButton request={preview} viewersInstall={found.viewersInstall} />
            <Button
              leftSection={<Icon name="sync" size={16} />}
              loading={readNow.isPending}
              onClick={() => readNow.mutate(undefined)}
            >
              {words.readNow.action}
            </Button>
          </Group>
        )
      }
    >
      <Loaded query={query} skeleton={<LoadingRows count={10} />}>
        {() =>
          found && (
            <Stack gap="lg">
              <ProblemAlert error={readNow.error ?? preview.error} />
              <Alerts slug={slug} synchronization={found} />
              {asked !== undefined && <ReadProgress {...which} asked={asked} key={asked} />}
              <Facts slug={slug} synchronization={found} />
              <Runs {...which} />
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

/** Members see whether it works and how old the rights are, and nothing that names others. */
function OfMember(which: Which) {
  const query = useQuery(synchronizationQuery(which));
  return (
    <Page
      title={query.data?.login ?? words.titles.synchronization}
      of={which.slug}
      above={<ToList slug={which.slug} />}
      description={query.data && <Where {...query.data} />}
    >
      <Loaded query={query} skeleton={<LoadingRows count={1} />}>
        {({ rightsAsOf }) => (
          <dl className={classes.facts}>
            <div>
              <dt>{words.facts.rightsAsOf}</dt>
              <dd>
                <When at={rightsAsOf} otherwise={words.notYet} />
              </dd>
            </div>
          </dl>
        )}
      </Loaded>
    </Page>
  );
}

const ToList = ({ slug }: Pick<Which, 'slug'>) => (
  <AnchorLink to="/o/$slug/synchronizations" params={{ slug }} size="sm">
    {words.title}
  </AnchorLink>
);

const Where = ({ baseUrl, state, isPrimary }: Schemas['Synchronization']) => (
  <Group gap="xs" mt={4}>
    <Text size="sm">{hostOf(baseUrl)}</Text>
    <StateBadge state={state} />
    {isPrimary && (
      <Tooltip label={words.primaryHint}>
        <Badge variant="light" color="gray">
          {words.primary}
        </Badge>
      </Tooltip>
    )}
  </Group>
);
