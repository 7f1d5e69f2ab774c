import { Anchor, Button, PasswordInput, Radio, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { ApiProblem } from '../../../api/problem.ts';
import { queryKeys } from '../../../api/query-keys.ts';
import { useChange } from '../../../api/use-change.ts';
import { notifyDone } from '../../../components/notify.ts';
import { ProblemAlert } from '../../../components/states.tsx';
import { credentialsWords } from '../../../words/credentials.ts';
import type { Way } from './ways.ts';

const words = credentialsWords.replace;

interface ReplaceFormProps {
  readonly slug: string;
  readonly connection: Schemas['Connection'];
  readonly host: Schemas['Integration'];
  /** One at least. */
  readonly ways: readonly Way[];
}

interface Form {
  readonly way: Way;
  readonly token: string;
  readonly contents: string;
}

export function ReplaceForm({ slug, connection: { usedBy }, host, ways }: ReplaceFormProps) {
  const navigate = useNavigate();
  const [form, setForm] = useState<Form>({ way: ways[0] ?? 'token', token: '', contents: '' });
  const replace = useChange({
    send: (given: Form) =>
      dataOf(
        api.PUT('/api/v1/organizations/{slug}/synchronizations/{synchronization}/connection', {
          params: { path: { slug, synchronization: usedBy.synchronization } },
          body: {
            ...(given.way === 'token' ? { accessToken: given.token.trim() } : {}),
            ...(given.contents === '' ? {} : { contentsToken: given.contents.trim() }),
          },
        }),
      ),
    refreshes: [queryKeys.organization(slug)],
    onDone: () => {
      notifyDone(words.done(usedBy.login));
      void navigate({ to: '/o/$slug/settings/credentials', params: { slug } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        replace.mutate(form);
      }}
    >
      <Stack maw="36rem">
        {ways.length > 1 && (
          <Radio.Group
            label={words.with}
            value={form.way}
            onChange={(value) => setForm({ ...form, way: ways.find((way) => way === value) ?? form.way })}
          >
            <Stack gap="xs" mt="xs">
              {ways.map((way) => (
                <Radio key={way} value={way} label={words.choices[way]} description={words.hints[way]} />
              ))}
            </Stack>
          </Radio.Group>
        )}
        {form.way === 'app' && host.installUrl !== undefined && (
          <Text size="sm">
            {words.installText}{' '}
            <Anchor href={host.installUrl} size="sm">
              {words.install}
            </Anchor>
          </Text>
        )}
        {form.way === 'token' && (
          <PasswordInput
            label={words.token}
            description={host.tokenForm === undefined ? undefined : words.tokenIs(host.tokenForm)}
            required
            autoComplete="off"
            value={form.token}
            onChange={(event) => setForm({ ...form, token: event.currentTarget.value })}
            error={problemsOf(replace.error, '/accessToken')}
          />
        )}
        {host.connectsWith.includes('contents-token') && (
          <PasswordInput
            label={words.contents}
            description={words.contentsHint}
            autoComplete="off"
            value={form.contents}
            onChange={(event) => setForm({ ...form, contents: event.currentTarget.value })}
            error={problemsOf(replace.error, '/contentsToken')}
          />
        )}
        {!isOfToken(replace.error) && <ProblemAlert error={replace.error} />}
        <Button type="submit" loading={replace.isPending} style={{ alignSelf: 'flex-start' }}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}

/** Whether all that is wrong stands at the fields of the tokens. */
const isOfToken = (error: unknown): boolean =>
  error instanceof ApiProblem &&
  error.errors.length > 0 &&
  error.errors.every(({ pointer }) => pointer === '/accessToken' || pointer === '/contentsToken');

/** Everything that is wrong with a token: each thing that it lacks is one. */
function problemsOf(error: unknown, pointer: string) {
  const details = error instanceof ApiProblem ? error.errors.filter((one) => one.pointer === pointer) : [];
  return details.length === 0 ? undefined : (
    <Stack gap={2} component="span">
      {details.map(({ detail }) => (
        <span key={detail}>{detail}</span>
      ))}
    </Stack>
  );
}
