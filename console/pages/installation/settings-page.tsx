import { Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { Loaded } from '../../components/loaded.tsx';
import { notifyDone } from '../../components/notify.ts';
import { NumberField } from '../../components/number-field.tsx';
import { installationWords } from '../../words/installation.ts';
import type { Stored } from '../settings/draft.ts';
import { DraftForm } from '../settings/draft-form.tsx';
import { useDraftForm } from '../settings/use-draft-form.ts';
import { AdministratorPage } from './administrator-page.tsx';
import { Administrators } from './administrators.tsx';
import { AllowList } from './allow-list.tsx';
import { installationKey, settingsQuery } from './queries.ts';

const words = installationWords.settings;
const signInChoices = ['members', 'allow-list', 'anyone'] as const;
const makers = ['anyone', 'administrators'] as const;

type Settings = Schemas['InstallationSettings'];
type Chosen = Pick<Settings, 'signIn' | 'organizationMakers' | 'organizationsPerPerson'>;

export const InstallationSettingsPage = () => (
  <AdministratorPage title={words.title}>
    <Content />
  </AdministratorPage>
);

function Content() {
  const query = useQuery(settingsQuery);
  return (
    <Loaded query={query}>
      {(stored) => (
        <Stack gap="xl" maw="40rem">
          <Choices stored={stored} />
          <Administrators settings={stored.data} />
          <AllowList settings={stored.data} />
        </Stack>
      )}
    </Loaded>
  );
}

function Choices({ stored }: { readonly stored: Stored<Settings> }) {
  const form = useDraftForm<Chosen>({
    name: 'installation settings',
    stored,
    send: (body, etag) =>
      dataOf(api.PATCH('/api/v1/installation/settings', { params: { header: { 'if-match': etag } }, body })),
    refreshes: [installationKey],
    onDone: () => notifyDone(words.saved),
  });
  return (
    <DraftForm form={form} stored={stored.data}>
      <Stack>
        <Radio.Group
          label={words.signIn}
          value={form.values.signIn}
          onChange={(value) =>
            form.set({ signIn: signInChoices.find((one) => one === value) ?? form.values.signIn })
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
          value={form.values.organizationMakers}
          onChange={(value) =>
            form.set({
              organizationMakers: makers.find((one) => one === value) ?? form.values.organizationMakers,
            })
          }
        >
          <Stack gap="xs" mt="xs">
            {makers.map((one) => (
              <Radio key={one} value={one} label={words.makersChoices[one]} />
            ))}
          </Stack>
        </Radio.Group>
        <NumberField
          label={words.perPerson}
          description={words.perPersonHint}
          min={0}
          max={1000}
          disabled={form.values.organizationMakers === 'administrators'}
          value={form.values.organizationsPerPerson}
          usual={stored.data.organizationsPerPerson}
          onNumber={(value) => form.set({ organizationsPerPerson: value })}
          error={form.problemOf('organizationsPerPerson')}
          maw="16rem"
        />
      </Stack>
    </DraftForm>
  );
}
