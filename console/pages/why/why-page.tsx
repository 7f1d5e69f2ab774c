import { Group, List, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { skipToken, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { sourceOf } from '../../components/access-way.ts';
import { useFoundPeople } from '../../components/found-people.ts';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { OwnersPage } from '../../components/owners-page.tsx';
import { Page } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { whyWords as words } from '../../words/why.ts';
import { personQuery } from '../people/queries.ts';
import { Chooser } from './chooser.tsx';
import { brokenStepsOf, stepsOf } from './steps.ts';
import { DrawnWay } from './way.tsx';

const from = '/o/$slug/why';

export function WhyPage() {
  const { slug } = useParams({ from });
  return (
    <OwnersPage slug={slug} title={words.title}>
      <Why slug={slug} />
    </OwnersPage>
  );
}

function Why({ slug }: { readonly slug: string }) {
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  const { person, package: name } = search;
  const known = useQuery({ ...personQuery(slug, person ?? ''), enabled: person !== undefined });
  const labelOf = useFoundPeople(slug);
  const found = known.data?.data;
  // Several code hosts may have the name.
  const shownName = found && labelOf({ login: found.name, synchronization: found.synchronization });

  const query = useQuery({
    queryKey: queryKeys.of(slug, 'why', person, name),
    queryFn:
      person === undefined || name === undefined
        ? skipToken
        : ({ signal }) =>
            dataOf(
              api.GET('/api/v1/organizations/{slug}/access', {
                params: { path: { slug }, query: { person, package: name } },
                signal,
              }),
            ),
  });
  const isChosen = person !== undefined && name !== undefined;
  return (
    <Page title={words.title} of={slug} description={words.description}>
      <Chooser
        slug={slug}
        search={search}
        personName={shownName}
        change={(changed) => void navigate({ search: (before) => ({ ...before, ...changed }) })}
      />
      {isChosen ? (
        <Loaded query={query}>
          {(explanation) => <Explained slug={slug} person={shownName ?? person} explanation={explanation} />}
        </Loaded>
      ) : (
        <Empty icon="why" {...words.choose} />
      )}
    </Page>
  );
}

interface ExplainedProps {
  readonly slug: string;
  /** The name. */
  readonly person: string;
  readonly explanation: Schemas['AccessExplanation'];
}

function Explained(props: ExplainedProps) {
  const { slug, person, explanation } = props;
  const { mayInstall, name, paths } = explanation;
  return (
    <Stack gap="lg" aria-live="polite">
      <Group gap="sm" wrap="nowrap">
        <ThemeIcon variant="light" color={mayInstall ? 'green' : 'red'} radius="xl">
          <Icon name={mayInstall ? 'check' : 'lock'} size={16} />
        </ThemeIcon>
        <Title order={2}>{mayInstall ? words.may(person, name) : words.mayNot(person, name)}</Title>
      </Group>
      {paths.map((way) => (
        <DrawnWay
          key={JSON.stringify(way)}
          label={words.way(sourceOf(way))}
          slug={slug}
          person={explanation.person}
          steps={stepsOf(way, props)}
        />
      ))}
      {!mayInstall && <Missing {...props} />}
    </Stack>
  );
}

function Missing(props: ExplainedProps) {
  const { slug, explanation } = props;
  const { missing, couldGive, person } = explanation;
  return (
    <>
      <DrawnWay label={words.missingTitle} slug={slug} person={person} steps={brokenStepsOf(props)} />
      <section>
        <Title order={2} mb="xs">
          {words.missingTitle}
        </Title>
        <List size="sm">
          {missing.map((one) => (
            <List.Item key={one}>{words.missing[one]}</List.Item>
          ))}
        </List>
      </section>
      {couldGive.owners.length + couldGive.teams.length > 0 && (
        <section>
          <Title order={2} mb="xs">
            {words.couldGive}
          </Title>
          <CouldGive slug={slug} {...couldGive} />
          <Text size="sm" c="dimmed" mt={4}>
            {words.giveThere}
          </Text>
        </section>
      )}
    </>
  );
}

interface CouldGiveProps {
  readonly slug: string;
  readonly owners: readonly string[];
  readonly teams: readonly Schemas['NamedTeam'][];
}

const CouldGive = ({ slug, owners, teams }: CouldGiveProps) => (
  <Stack gap={4}>
    {owners.length > 0 && (
      <Text size="sm">
        {words.owners}: {owners.join(', ')}
      </Text>
    )}
    {teams.length > 0 && (
      <Text size="sm">
        {words.teams}:{' '}
        {teams.map(({ id, name }, place) => (
          <span key={id}>
            {place > 0 && ', '}
            <AnchorLink to="/o/$slug/teams/$team" params={{ slug, team: id }} inherit underline="always">
              {name}
            </AnchorLink>
          </span>
        ))}
      </Text>
    )}
  </Stack>
);
