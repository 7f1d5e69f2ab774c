import { Input, Radio, Skeleton, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Schemas } from '../../api/client.ts';
import { organizationQuery } from '../../api/queries.ts';
import { CopyLine } from '../../components/copy-button.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { commonWords } from '../../words/common.ts';
import { settingsWords } from '../../words/settings.ts';
import { DeleteOrganization } from './delete-organization.tsx';
import { DraftForm } from './draft-form.tsx';
import { ExportOrganization } from './export-organization.tsx';
import { LeaveOrganization } from './leave-organization.tsx';
import { settingsQuery } from './queries.ts';
import { Section } from './section.tsx';
import type { DraftForm as Form } from './use-draft-form.ts';
import { type Settings, type StoredSettings, useSettingsForm } from './use-settings-form.ts';

const words = settingsWords.general;
const skeleton = <Skeleton height={320} />;

/** Also for members, who see the address and can leave. */
export function GeneralPage() {
  const { slug } = useParams({ from: '/o/$slug/settings/' });
  const query = useQuery(organizationQuery(slug));
  return (
    <Page title={settingsWords.titles.general} of={slug}>
      <Loaded query={query} skeleton={skeleton}>
        {(organization) =>
          organization.role === 'owner' ? (
            <ForOwners organization={organization} />
          ) : (
            <>
              <Section title={words.organization}>
                <Stack>
                  <Text size="sm">
                    {words.role}: {commonWords.roles[organization.role]}
                  </Text>
                  <Address url={organization.url} />
                </Stack>
              </Section>
              <LeaveOrganization slug={slug} name={organization.name} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

interface OfOrganization {
  readonly organization: Schemas['OwnOrganization'];
}

function ForOwners({ organization }: OfOrganization) {
  const { slug, name } = organization;
  const query = useQuery(settingsQuery(slug));
  return (
    <Loaded query={query} skeleton={skeleton}>
      {(stored) => (
        <>
          <SettingsForm key={slug} organization={organization} stored={stored} />
          <ExportOrganization slug={slug} />
          <LeaveOrganization slug={slug} name={name} isOwner />
          <DeleteOrganization slug={slug} name={name} />
        </>
      )}
    </Loaded>
  );
}

function SettingsForm({ organization, stored }: OfOrganization & { readonly stored: StoredSettings }) {
  const { slug, url } = organization;
  const form = useSettingsForm(slug, 'general', stored);
  return (
    <DraftForm form={form} stored={stored.data}>
      <Section title={words.organization}>
        <Stack>
          <TextInput
            label={words.name}
            description={words.nameHint}
            value={form.values.name}
            error={form.problemOf('name')}
            onChange={(event) => form.set({ name: event.currentTarget.value })}
            maxLength={200}
            required
            withAsterisk={false}
            maw="26rem"
          />
          <Input.Wrapper label={words.slug} description={words.slugHint} labelElement="div">
            <Text size="sm">{slug}</Text>
          </Input.Wrapper>
          <Address url={url} />
        </Stack>
      </Section>
      <PackageFields form={form} />
    </DraftForm>
  );
}

const Address = ({ url }: { readonly url: string }) => (
  <Input.Wrapper label={words.address} labelElement="div">
    <CopyLine value={url} label={words.addressCopy} />
  </Input.Wrapper>
);

function PackageFields({ form }: { readonly form: Form<Settings> }) {
  const { values } = form;
  return (
    <Section title={words.packages}>
      <Stack>
        <TagsInput
          label={words.ownedVendors}
          description={words.ownedVendorsHint}
          placeholder={values.ownedVendors.length === 0 ? words.tagHint : ''}
          value={[...values.ownedVendors]}
          error={form.problemOf('ownedVendors')}
          onChange={(ownedVendors) =>
            form.set({ ownedVendors: ownedVendors.map((one) => one.toLowerCase()) })
          }
        />
        <Radio.Group
          label={words.newRepositories}
          value={values.newRepositories}
          onChange={(value) => form.set({ newRepositories: value === 'automatic' ? 'automatic' : 'by-hand' })}
        >
          <Stack gap="xs" mt={6}>
            <Radio value="automatic" label={words.newRepositoriesOf.automatic} />
            <Radio value="by-hand" label={words.newRepositoriesOf['by-hand']} />
          </Stack>
        </Radio.Group>
        <TagsInput
          label={words.branchesLeftOut}
          description={words.branchesLeftOutHint}
          placeholder={values.branchesLeftOut.length === 0 ? words.tagHint : ''}
          value={[...values.branchesLeftOut]}
          error={form.problemOf('branchesLeftOut')}
          onChange={(branchesLeftOut) => form.set({ branchesLeftOut })}
        />
        <Switch
          label={words.publishesSource}
          description={words.publishesSourceHint}
          checked={values.publishesSource}
          onChange={(event) => form.set({ publishesSource: event.currentTarget.checked })}
        />
        <Switch
          label={words.publishesOutsideCode}
          description={words.publishesOutsideCodeHint}
          checked={values.publishesOutsideCode}
          onChange={(event) => form.set({ publishesOutsideCode: event.currentTarget.checked })}
        />
      </Stack>
    </Section>
  );
}
