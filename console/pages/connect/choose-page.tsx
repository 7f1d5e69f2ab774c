import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { isProblem } from '../../api/problem.ts';
import { integrationsQuery } from '../../api/queries.ts';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Outcome } from '../../components/outcome.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Failure } from '../../components/states.tsx';
import { connectWords as words } from '../../words/connect.ts';
import { AskCodeHost } from './ask-code-host.tsx';
import { ConnectForm } from './connect-form.tsx';
import { Organizations } from './organizations.tsx';

type Integration = Schemas['Integration'];
type ForgeOrganization = Schemas['ForgeOrganization'];
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
            <Owned host={host} />
          );
        }}
      </Loaded>
    </Page>
  );
}

function Owned({ host }: { readonly host: Integration }) {
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

const Grant = ({ host }: { readonly host: Integration }) => (
  <Stack maw="32rem" align="flex-start">
    <Text>{words.grant.text(host.name)}</Text>
    <AskCodeHost host={host} label={words.grant.show(host.name)} />
  </Stack>
);

interface ChoiceProps {
  readonly host: Integration;
  readonly items: readonly ForgeOrganization[];
}

function Choice({ host, items }: ChoiceProps) {
  const { organization } = useSearch({ from });
  const ready = items.filter(({ state }) => state === 'ready');
  const chosen = ready.find(({ id }) => id === organization) ?? (ready.length === 1 ? ready[0] : undefined);
  return (
    <Stack gap="lg">
      {items.length === 0 ? (
        <Empty icon="team" title={words.choose.none} text={words.choose.noneText} />
      ) : (
        <Organizations host={host} items={items} chosen={chosen} />
      )}
      <Group>
        <AskCodeHost host={host} variant="default" size="xs" label={words.grant.again} />
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
