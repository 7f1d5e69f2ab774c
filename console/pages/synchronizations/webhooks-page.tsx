import { Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Schemas } from '../../api/client.ts';
import { ButtonLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { LoadingRows } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { NotFoundPage } from '../../layout/not-found-page.tsx';
import { webhooksWords as words } from '../../words/webhooks.ts';
import { Notice } from './alerts.tsx';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { DeliveryLog } from './delivery-log.tsx';
import { hooksText } from './facts.tsx';
import { Hooks } from './hooks.tsx';
import type { Which } from './queries.ts';
import { Received } from './received.tsx';
import { webhookTabs } from './search.ts';
import classes from './synchronization.module.css';
import { webhooksQuery } from './webhook-queries.ts';

const from = '/o/$slug/synchronizations/$synchronization/webhooks';

export function WebhooksPage() {
  const which = useParams({ from });
  const query = useQuery(webhooksQuery(which.slug));
  const found = query.data?.items.find(({ synchronization }) => synchronization === which.synchronization);
  if (query.data !== undefined && found === undefined) {
    return <NotFoundPage />;
  }
  return (
    <Page
      title={words.title}
      of={found?.login}
      above={<Breadcrumbs {...which} login={found?.login} />}
      description={words.description}
    >
      <Loaded query={query} skeleton={<LoadingRows count={10} />}>
        {() =>
          found && (
            <Stack gap="lg">
              <Problems slug={which.slug} webhook={found} />
              <Facts webhook={found} />
              <Lists {...which} webhook={found} />
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

interface OfWebhook {
  readonly webhook: Schemas['Webhook'];
}

function Problems({ slug, webhook: { hooks, refusedAt } }: OfWebhook & Pick<Which, 'slug'>) {
  const { problem, notWorking = 0 } = hooks ?? {};
  return (
    <>
      {problem !== undefined && (
        <Notice
          color="yellow"
          title={words.problem}
          text={problem.message}
          action={
            problem.code === 'insufficient-scope' && (
              <ButtonLink to="/o/$slug/settings/credentials" params={{ slug }} variant="default" size="xs">
                {words.problemAction}
              </ButtonLink>
            )
          }
        />
      )}
      {notWorking > 0 && <Notice color="yellow" title={words.failing(notWorking)} text={words.failingText} />}
      {refusedAt !== undefined && (
        <Notice
          color="yellow"
          title={words.refused}
          text={words.refusedText}
          action={<When at={refusedAt} />}
        />
      )}
    </>
  );
}

const Facts = ({ webhook: { hooks, lastDelivery, recovered } }: OfWebhook) => (
  <dl className={classes.facts}>
    <Fact term={words.facts.state}>
      {hooks === undefined
        ? words.state.app
        : [...(hooks.on === undefined ? [] : [words.state[hooks.on]]), hooksText(hooks)].join(': ')}
    </Fact>
    <Fact term={words.facts.last}>
      {lastDelivery === undefined ? (
        words.neverDelivered
      ) : (
        <>
          {lastDelivery.event}, <When at={lastDelivery.at} />
        </>
      )}
    </Fact>
    <Fact term={words.facts.recovered}>{words.recovered(recovered)}</Fact>
  </dl>
);

const Fact = ({ term, children }: { readonly term: string; readonly children: ReactNode }) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </div>
);

function Lists({ webhook: { hasLog, hooks }, ...which }: Which & OfWebhook) {
  const { tab = 'received' } = useSearch({ from });
  const navigate = useNavigate({ from });
  return (
    <Tabs
      value={tab}
      onChange={(value) =>
        void navigate({ search: { tab: webhookTabs.find((one) => one === value) }, replace: true })
      }
      keepMounted={false}
    >
      <Tabs.List mb="md">
        <Tabs.Tab value="received">{words.tabs.received}</Tabs.Tab>
        {hasLog && <Tabs.Tab value="log">{words.tabs.log}</Tabs.Tab>}
        {hooks !== undefined && <Tabs.Tab value="hooks">{words.tabs.hooks}</Tabs.Tab>}
      </Tabs.List>
      <Tabs.Panel value="received">
        <Received {...which} />
      </Tabs.Panel>
      <Tabs.Panel value="log">
        <DeliveryLog {...which} hasHooks={hooks !== undefined} />
      </Tabs.Panel>
      <Tabs.Panel value="hooks">
        <Hooks {...which} />
      </Tabs.Panel>
    </Tabs>
  );
}
