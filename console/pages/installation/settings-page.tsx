import { Button, NumberInput, Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { Loaded } from '../../components/loaded.tsx';
import { notifyDone } from '../../components/notify.ts';
import { fieldProblem } from '../../components/problem-text.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { installationWords } from '../../words/installation.ts';
import { AdministratorPage } from './administrator-page.tsx';
import { Administrators } from './administrators.tsx';
import { AllowList } from './allow-list.tsx';
import { installationKey, settingsQuery } from './queries.ts';

const words = installationWords.settings;
const signInChoices = ['members', 'allow-list', 'anyone'] as const;
const makers = ['anyone', 'administrators'] as const;

type Settings = Schemas['InstallationSettings'];

export const InstallationSettingsPage = () => (
  <AdministratorPage title={words.title}>
    <Content />
  </AdministratorPage>
);

function Content() {
  const query = useQuery(settingsQuery);
  return (
    <Loaded query={query}>
      {({ data, etag }) => (
        <Stack gap="xl" maw="40rem">
          <Choices key={etag} settings={data} etag={etag} />
          <Administrators settings={data} />
          <AllowList settings={data} />
        </Stack>
      )}
    </Loaded>
  );
}

function Choices({ settings, etag }: { readonly settings: Settings; readonly etag: string }) {
  const { signIn, organizationMakers, organizationsPerPerson } = settings;
  const before = { signIn, organizationMakers, organizationsPerPerson };
  const [form, setForm] = useState(before);
  const save = useChange({
    send: (body: Schemas['InstallationSettingsChange']) =>
      dataOf(api.PATCH('/api/v1/installation/settings', { params: { header: { 'if-match': etag } }, body })),
    refreshes: [installationKey],
    onDone: () => notifyDone(words.saved),
  });
  const isChanged = JSON.stringify(form) !== JSON.stringify(before);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(form);
      }}
    >
      <Stack>
        <Radio.Group
          label={words.signIn}
          value={form.signIn}
          onChange={(value) =>
            setForm({ ...form, signIn: signInChoices.find((one) => one === value) ?? form.signIn })
          }
        >
          <Stack gap="xs" mt="xs">
            {signInChoices.map((one) => (
              <Radio
                key={one}
                value={one}
                label={words.signInChoices[one]}
                description={words.signInHints[one]}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Radio.Group
          label={words.makers}
          value={form.organizationMakers}
          onChange={(value) =>
            setForm({
              ...form,
              organizationMakers: makers.find((one) => one === value) ?? form.organizationMakers,
            })
          }
        >
          <Stack gap="xs" mt="xs">
            {makers.map((one) => (
              <Radio key={one} value={one} label={words.makersChoices[one]} />
            ))}
          </Stack>
        </Radio.Group>
        <NumberInput
          label={words.perPerson}
          description={words.perPersonHint}
          min={0}
          max={1000}
          allowDecimal={false}
          disabled={form.organizationMakers === 'administrators'}
          value={form.organizationsPerPerson}
          onChange={(value) => setForm({ ...form, organizationsPerPerson: Number(value) })}
          error={fieldProblem(save.error, '/organizationsPerPerson')}
          maw="16rem"
        />
        <ProblemAlert error={save.error} />
        <Button
          type="submit"
          disabled={!isChanged}
          loading={save.isPending}
          style={{ alignSelf: 'flex-start' }}
        >
          {words.save}
        </Button>
      </Stack>
    </form>
  );
}
