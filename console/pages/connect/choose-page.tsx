import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { isProblem } from '../../api/problem.ts';
import { integrationsQuery, useMe } from '../../api/queries.ts';
import { CodeHostButton } from '../../components/code-host-button.tsx';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Outcome } from '../../components/outcome.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Failure } from '../../components/states.tsx';
import { connectWords as words } from '../../words/connect.ts';
import classes from './connect.module.css';
import { ConnectForm } from './connect-form.tsx';

type Integration = Schemas['Integration'];
const from = '/organizations/new/$integration';

/** The second step: what the person owns on the code host, and how the chosen one is connected. */
export function ChoosePage() {
  const { integration } = useParams({ from });
  const { outcome, reason } = useSearch({ from });
  const navigate = useNavigate();
  const query = useQuery(integrationsQuery);
  return (
    <Page
      title={words.title}
      description={words.description}
      above={
        <AnchorLink to="/organizations/new" size="sm">
          {words.otherHost}
        </AnchorLink>
      }
    >
      <Outcome
        outcome={outcome}
        reason={reason}
        onEnd={() => void navigate({ to: from, params: { integration }, replace: true })}
      />
      <Loaded query={query}>
        {({ items }) => {
          const host = items.find(({ key }) => key === integration);
          return host === undefined ? (
            <Empty icon="link" title={words.hosts.none} text="" />
          ) : (
            <Organizations host={host} />
          );
        }}
      </Loaded>
    </Page>
  );
}

function Organizations({ host }: { readonly host: Integration }) {
  const query = useQuery({
    queryKey: ['forge-organizations', host.key],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/me/forge-organizations', { params: { query: { integration: host.key } }, signal }),
      ),
  });
  if (isProblem(query.error, 'reauthentication-required')) {
    return <Grant host={host} />;
  }
  if (query.isError) {
    return <Failure error={query.error} retry={() => void query.refetch()} />;
  }
  return <Loaded query={query}>{({ items }) => <Choice host={host} items={items} />}</Loaded>;
}

/** As the API knows it, where browsers show the colon of a port as `%3A`. */
const pageOf = ({ key }: Integration): string => `/organizations/new/${key}`;

function Grant({ host }: { readonly host: Integration }) {
  const isLinked = useMe().accounts.some(({ baseUrl }) => baseUrl === host.baseUrl);
  const { name } = host;
  return (
    <Stack maw="32rem" align="flex-start">
      <Text>{words.grant.text(name)}</Text>
      <CodeHostButton
        integration={host.key}
        returnTo={pageOf(host)}
        purpose={isLinked ? 'choose-organization' : 'link-for-organizations'}
        label={isLinked ? words.grant.show(name) : words.grant.link(name)}
      />
    </Stack>
  );
}

interface ChoiceProps {
  readonly host: Integration;
  readonly items: readonly Schemas['ForgeOrganization'][];
}

function Choice({ host, items }: ChoiceProps) {
  const { organization } = useSearch({ from });
  const ready = items.filter(({ state }) => state === 'ready');
  const chosen = ready.find(({ id }) => id === organization) ?? (ready.length === 1 ? ready[0] : undefined);
  if (items.length === 0) {
    return <Empty icon="team" title={words.choose.none} text={words.choose.noneText} />;
  }
  return (
    <Stack gap="lg">
      <ul className={classes.list} aria-label={words.choose.title(host.name)}>
        {items.map((one) => (
          <li key={one.id}>
            <Group justify="space-between">
              <div>
                <Text fw={600}>{one.login}</Text>
                {one.note !== undefined && (
                  <Text size="sm" c="dimmed">
                    {one.note}
                  </Text>
                )}
              </div>
              <Next host={host} one={one} isChosen={one === chosen} />
            </Group>
          </li>
        ))}
      </ul>
      <Group>
        <CodeHostButton
          integration={host.key}
          returnTo={pageOf(host)}
          purpose="choose-organization"
          variant="default"
          size="xs"
          label={words.grant.again}
        />
        {host.installUrl !== undefined && (
          <Anchor href={host.installUrl} size="sm">
            {words.choose.missing}
          </Anchor>
        )}
      </Group>
      {chosen !== undefined && <ConnectForm key={chosen.id} host={host} chosen={chosen} />}
    </Stack>
  );
}

interface NextProps {
  readonly host: Integration;
  readonly one: Schemas['ForgeOrganization'];
  readonly isChosen: boolean;
}

function Next({ host, one: { id, login, state, organization, installUrl }, isChosen }: NextProps) {
  if (state === 'ready') {
    return isChosen ? (
      <Text size="sm" c="dimmed">
        {words.choose.chosen}
      </Text>
    ) : (
      <ButtonLink
        to={from}
        params={{ integration: host.key }}
        search={{ organization: id }}
        variant="default"
        size="xs"
      >
        {words.choose.connect(login)}
      </ButtonLink>
    );
  }
  if (organization !== undefined) {
    return (
      <AnchorLink to="/o/$slug" params={{ slug: organization }} size="sm">
        {words.choose.open(organization)}
      </AnchorLink>
    );
  }
  return installUrl === undefined ? null : (
    <Anchor href={installUrl} size="sm">
      {words.choose.install}
    </Anchor>
  );
}
