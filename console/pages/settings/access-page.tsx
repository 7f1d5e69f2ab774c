import { Group, NumberInput, Radio, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { NumberField } from '../../components/number-field.tsx';
import { Page } from '../../components/page.tsx';
import { settingsWords } from '../../words/settings.ts';
import { DraftForm } from './draft-form.tsx';
import { settingsQuery } from './queries.ts';
import { Section } from './section.tsx';
import { type StoredSettings, useSettingsForm } from './use-settings-form.ts';

const words = settingsWords.access;
/** As the API has it. */
const days = { min: 1, max: 3650 } as const;

export function AccessPage() {
  const { slug } = useParams({ from: '/o/$slug/settings/access' });
  const query = useQuery(settingsQuery(slug));
  return (
    <Page title={settingsWords.titles.access} of={slug} description={words.description}>
      <Loaded query={query} skeleton={<Skeleton height={320} />}>
        {(stored) => <AccessForm key={slug} slug={slug} stored={stored} />}
      </Loaded>
      <Text size="sm" c="dimmed">
        {words.caution}{' '}
        <AnchorLink to="/o/$slug/settings/synchronizations" params={{ slug }} size="sm" underline="always">
          {words.synchronization}
        </AnchorLink>
        .
      </Text>
    </Page>
  );
}

interface AccessFormProps {
  readonly slug: string;
  readonly stored: StoredSettings;
}

function AccessForm({ slug, stored }: AccessFormProps) {
  const form = useSettingsForm(slug, 'access', stored);
  const { newMembers, usualTokenDays, longestTokenDays } = form.values;
  return (
    <DraftForm form={form} stored={stored.data}>
      <Section title={words.newMembers} description={words.newMembersHint}>
        <Radio.Group
          aria-label={words.newMembers}
          value={newMembers}
          onChange={(value) => form.set({ newMembers: value === 'active' ? 'active' : 'waiting' })}
        >
          <Stack gap="xs">
            <Radio value="active" label={words.newMembersOf.active} />
            <Radio value="waiting" label={words.newMembersOf.waiting} />
          </Stack>
        </Radio.Group>
      </Section>
      <Section title={words.tokens}>
        <Group align="flex-start" gap="xl">
          <NumberField
            {...days}
            label={words.usualTokenDays}
            description={words.usualTokenDaysHint}
            value={usualTokenDays}
            usual={stored.data.usualTokenDays}
            unit={words.days}
            error={form.problemOf('usualTokenDays')}
            onNumber={(value) => form.set({ usualTokenDays: value })}
            w="17rem"
          />
          <NumberInput
            {...days}
            label={words.longestTokenDays}
            description={words.longestTokenDaysHint}
            placeholder={words.noLimit}
            value={longestTokenDays ?? ''}
            suffix={words.days(longestTokenDays ?? 0)}
            error={form.problemOf('longestTokenDays')}
            onChange={(value) => form.set({ longestTokenDays: typeof value === 'number' ? value : null })}
            allowDecimal={false}
            w="17rem"
          />
        </Group>
        <Text size="sm" c="dimmed" mt="sm">
          {words.olderTokens}{' '}
          <AnchorLink to="/o/$slug/settings/tokens" params={{ slug }} size="sm" underline="always">
            {words.shorten}
          </AnchorLink>
        </Text>
      </Section>
    </DraftForm>
  );
}
