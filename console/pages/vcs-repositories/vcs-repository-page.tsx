import { Button, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { isDenial } from '../../api/problem.ts';
import { useChange } from '../../api/use-change.ts';
import { CopyLine } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { notifyFailed } from '../../components/notify.ts';
import { OwnersPage } from '../../components/owners-page.tsx';
import { PackageLink } from '../../components/package-link.tsx';
import { Page } from '../../components/page.tsx';
import { When } from '../../components/when.tsx';
import { vcsRepositoriesWords } from '../../words/vcs-repositories.ts';
import { CredentialSection } from './credential-section.tsx';
import { HookSection } from './hook-section.tsx';
import { outcomeOf, readingOf } from './outcome.ts';
import { OutcomeAlert } from './outcome-alert.tsx';
import { type VcsRepository, vcsRepositoriesKey, vcsRepositoryQuery, type Which } from './queries.ts';
import { ReadersSection } from './readers-section.tsx';
import { RemoveSection } from './remove-section.tsx';

const words = vcsRepositoriesWords.one;

export function VcsRepositoryPage() {
  const { slug, repository: id } = useParams({ from: '/o/$slug/repositories/at-url/$repository' });
  return (
    <OwnersPage slug={slug} title={vcsRepositoriesWords.title}>
      {/* What was asked for and shown belongs to one repository. */}
      <Repository key={id} slug={slug} id={id} />
    </OwnersPage>
  );
}

function Repository(which: Which) {
  const { slug } = which;
  const query = useQuery(vcsRepositoryQuery(which));
  const repository = isDenial(query.error) ? undefined : query.data;
  const [asked, setAsked] = useState<string>();
  const noteAsked = () => setAsked(repository && readingOf(repository));
  const read = useReading(which, noteAsked);
  return (
    <Page
      title={repository?.name ?? vcsRepositoriesWords.title}
      of={slug}
      above={
        <AnchorLink to="/o/$slug/repositories/at-url" params={{ slug }} size="sm">
          {vcsRepositoriesWords.title}
        </AnchorLink>
      }
      actions={
        repository !== undefined && (
          <Button
            variant={repository.state === 'new' ? 'filled' : 'default'}
            loading={read.isPending}
            disabled={outcomeOf(repository, asked).kind === 'reading'}
            onClick={() => read.mutate()}
          >
            {words.readNow}
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {(found) => {
          const parts = { ...which, repository: found, onAsked: noteAsked };
          return (
            <Stack gap="lg">
              <OutcomeAlert {...parts} outcome={outcomeOf(found, asked)} />
              <About {...parts} />
              <CredentialSection {...parts} />
              <ReadersSection {...parts} />
              <HookSection {...parts} />
              <RemoveSection {...parts} />
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

const useReading = ({ slug, id }: Which, onAsked: () => void) =>
  useChange<void, unknown>({
    send: () =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/repositories/{id}/scan', { params: { path: { slug, id } } }),
      ),
    refreshes: [vcsRepositoriesKey(slug)],
    onDone: onAsked,
    onFailed: (error) => notifyFailed(words.readNowFailed, error),
  });

function About({ slug, repository }: Which & { readonly repository: VcsRepository }) {
  const { url, kind, packages, lastReadAt, nextReadAt, hostKey } = repository;
  return (
    <Stack gap="sm">
      <CopyLine value={url} />
      <Facts
        facts={[
          { name: words.facts.kind, value: vcsRepositoriesWords.kinds[kind] },
          {
            name: words.facts.packages,
            value:
              packages.length === 0
                ? words.facts.noPackages
                : packages.map((name) => <PackageLink key={name} slug={slug} name={name} />),
          },
          {
            name: words.facts.read,
            value: <When at={lastReadAt} otherwise={vcsRepositoriesWords.neverRead} />,
          },
          {
            name: words.facts.next,
            value: <When at={nextReadAt} otherwise={vcsRepositoriesWords.soon} />,
          },
          ...(hostKey === undefined
            ? []
            : [{ name: words.facts.hostKey, value: <Fingerprint text={hostKey} /> }]),
        ]}
      />
    </Stack>
  );
}

const Fingerprint = ({ text }: { readonly text: string }) => (
  <code style={{ overflowWrap: 'anywhere' }}>{text}</code>
);
