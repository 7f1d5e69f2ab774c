import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { CopyBlock } from '../../components/copy-block.tsx';
import { CopyLine } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { ProblemAlert } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { vcsRepositoriesWords } from '../../words/vcs-repositories.ts';
import { Section } from '../settings/section.tsx';
import { hookScript, secretLine } from './hook-lines.ts';
import type { PartProps } from './part.ts';
import { vcsRepositoriesKey, type Which } from './queries.ts';

const words = vcsRepositoriesWords.one.hook;

/** Where its server tells of pushes. The secret is kept by this page alone, until it is left. */
export function HookSection({ slug, id, repository: { hook } }: PartProps) {
  const [made, setMade] = useState<Schemas['VcsHook']>();
  const renew = useRenewing({ slug, id }, setMade);
  return (
    <Section
      title={words.title}
      description={hook === undefined ? words.none : words.some}
      action={
        hook === undefined ? (
          <Button
            variant="default"
            size="xs"
            flex="none"
            loading={renew.isPending}
            onClick={() => renew.mutate()}
          >
            {words.make}
          </Button>
        ) : (
          <ConfirmButton
            label={words.renew}
            title={words.renewTitle}
            size="xs"
            flex="none"
            change={{ ...renew, mutate: (_, options) => renew.mutate(undefined, options) }}
          >
            {words.renewText}
          </ConfirmButton>
        )
      }
    >
      {(hook !== undefined || renew.isError) && (
        <Stack>
          {hook !== undefined && (
            <>
              <CopyLine value={hook.url} label={words.url} />
              <Facts
                facts={[{ name: words.pushed, value: <When at={hook.pushedAt} otherwise={words.never} /> }]}
              />
            </>
          )}
          {made !== undefined && <Made {...made} onClose={() => setMade(undefined)} />}
          {hook === undefined && <ProblemAlert error={renew.error} />}
        </Stack>
      )}
    </Section>
  );
}

const useRenewing = ({ slug, id }: Which, onDone: (made: Schemas['VcsHook']) => void) =>
  useChange<void, Schemas['VcsHook']>({
    send: (_, key) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/vcs-repositories/{id}/hook', {
          params: { path: { slug, id }, header: { 'idempotency-key': key } },
          body: {},
        }),
      ),
    refreshes: [vcsRepositoriesKey(slug)],
    onDone,
  });

const Made = ({ url, secret, onClose }: Schemas['VcsHook'] & { onClose(): void }) => (
  <Stack gap="sm">
    <div>
      <Text size="sm" fw={500} mb={6}>
        {words.secret}
      </Text>
      <CopyLine value={secret} label={words.copySecret} />
    </div>
    <Text size="sm">{words.forge}</Text>
    <div>
      <Text size="sm" mb={6}>
        {words.script}
      </Text>
      <CopyBlock text={secretLine(secret)} label={words.copyLine} />
    </div>
    <div>
      <Text size="sm" mb={6}>
        {words.andScript}
      </Text>
      <CopyBlock text={hookScript(url)} label={words.copyScript} />
    </div>
    <Button variant="default" size="xs" style={{ alignSelf: 'flex-start' }} onClick={onClose}>
      {words.hide}
    </Button>
  </Stack>
);
