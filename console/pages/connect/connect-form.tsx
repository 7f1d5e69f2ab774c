import { Anchor, Button, PasswordInput, Radio, Stack, Title } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { fieldProblem } from '../../components/problem-text.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { connectWords } from '../../words/connect.ts';
import { AboutFields } from './about-fields.tsx';
import { PlaceField } from './place-field.tsx';
import { suggestedOf } from './suggested.ts';
import { useAddCodeHost, useCreate } from './use-create.ts';
import { wantedPlace } from './wanted-place.ts';

const words = connectWords.form;

interface ConnectFormProps {
  readonly host: Schemas['Integration'];
  readonly chosen: Schemas['ForgeOrganization'];
}

const noTokens = { accessToken: '', contentsToken: '' };
type Tokens = typeof noTokens;

export function ConnectForm({ host, chosen: { id, login, name } }: ConnectFormProps) {
  const [about, setAbout] = useState({ ...suggestedOf(login), name });
  const [repositories, setRepositories] = useState<'all' | 'later'>('all');
  const [tokens, setTokens] = useState(noTokens);
  const [place, setPlace] = useState(wantedPlace);
  const create = useCreate();
  const add = useAddCodeHost();
  const { error, isPending } = place === undefined ? create : add;
  const submit = () => {
    const entered = Object.entries(tokens)
      .map(([key, token]) => [key, token.trim()] as const)
      .filter(([, token]) => token !== '');
    const from = {
      ...{ integration: host.key, organization: id, repositories },
      ...Object.fromEntries(entered),
    };
    if (place === undefined) {
      create.mutate({ about, from });
    } else {
      add.mutate({ slug: place, login, from });
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack maw="32rem">
        <Title order={2} size="h4">
          {words.title(login)}
        </Title>
        <PlaceField value={place} onChange={setPlace} />
        {place === undefined && (
          <AboutFields
            about={about}
            onAbout={(changed) => setAbout({ ...about, ...changed })}
            error={error}
          />
        )}
        <Radio.Group
          label={words.repositories}
          value={repositories}
          onChange={(value) => setRepositories(value === 'all' ? 'all' : 'later')}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="all" label={words.all} />
            <Radio value="later" label={words.later} />
          </Stack>
        </Radio.Group>
        {host.connectsWith.includes('token') && (
          <TokenFields host={host} tokens={tokens} onTokens={setTokens} error={error} />
        )}
        <ProblemAlert error={error} />
        <Button type="submit" loading={isPending} style={{ alignSelf: 'flex-start' }}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}

interface TokenFieldsProps {
  readonly host: Schemas['Integration'];
  readonly tokens: Tokens;
  onTokens(tokens: Tokens): void;
  readonly error: unknown;
}

/** Few want them: what the person has just granted is enough. */
function TokenFields({ host, tokens, onTokens, error }: TokenFieldsProps) {
  const [isOpen, setIsOpen] = useState(false);
  if (!isOpen) {
    return (
      <Anchor component="button" type="button" size="sm" ta="start" onClick={() => setIsOpen(true)}>
        {words.withToken}
      </Anchor>
    );
  }
  return (
    <>
      <PasswordInput
        label={words.token}
        description={words.tokenHint(host.tokenForm)}
        autoComplete="off"
        value={tokens.accessToken}
        onChange={(event) => onTokens({ ...tokens, accessToken: event.currentTarget.value })}
        error={fieldProblem(error, '/from/accessToken') ?? fieldProblem(error, '/accessToken')}
      />
      {host.connectsWith.includes('contents-token') && (
        <PasswordInput
          label={words.contentsToken}
          description={words.contentsTokenHint}
          autoComplete="off"
          value={tokens.contentsToken}
          onChange={(event) => onTokens({ ...tokens, contentsToken: event.currentTarget.value })}
          error={fieldProblem(error, '/from/contentsToken') ?? fieldProblem(error, '/contentsToken')}
        />
      )}
    </>
  );
}
