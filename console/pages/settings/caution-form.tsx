import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { Loaded } from '../../components/loaded.tsx';
import { notifyDone } from '../../components/notify.ts';
import { NumberField } from '../../components/number-field.tsx';
import { settingsWords } from '../../words/settings.ts';
import classes from './caution-form.module.css';
import { DraftForm } from './draft-form.tsx';
import type { OfSynchronization } from './of-synchronization.ts';
import { cautionQuery } from './queries.ts';
import { useDraftForm } from './use-draft-form.ts';

const words = settingsWords.synchronizations.caution;

/** As the API has it. */
const bounds = {
  heldPercent: { min: 0, max: 50 },
  heldAbove: { min: 0, max: 1000 },
  suspendAfterDays: { min: 1, max: 90 },
} as const;

const percentOf = (share: number): number => Math.round(share * 100);

/** When removals wait for an owner, and when rights are suspended. */
export function CautionSection(of: OfSynchronization) {
  const query = useQuery(cautionQuery(of.slug, of.id));
  return (
    <Loaded query={query} skeleton={<Skeleton height={110} />}>
      {(stored) => <CautionForm key={`${of.slug} ${of.id}`} {...of} stored={stored} />}
    </Loaded>
  );
}

interface CautionFormProps extends OfSynchronization {
  readonly stored: { readonly data: Schemas['Caution']; readonly etag: string };
}

function CautionForm({ slug, id, login, stored }: CautionFormProps) {
  const form = useDraftForm<Schemas['Caution']>({
    name: `${slug} caution ${id}`,
    stored,
    send: (body, etag) =>
      dataOf(
        api.PATCH('/api/v1/organizations/{slug}/synchronizations/{synchronization}/caution', {
          params: { path: { slug, synchronization: id }, header: { 'if-match': etag } },
          body,
        }),
      ),
    refreshes: [queryKeys.organization(slug)],
    onDone: () => notifyDone(words.saved(login)),
  });
  const { heldShare, heldAbove, suspendAfterDays } = form.values;
  return (
    <DraftForm form={form} stored={stored.data}>
      <div className={classes.fields}>
        <NumberField
          {...bounds.heldPercent}
          label={words.heldShare}
          value={percentOf(heldShare)}
          usual={percentOf(stored.data.heldShare)}
          unit={() => ' %'}
          error={form.problemOf('heldShare')}
          onNumber={(value) => form.set({ heldShare: value / 100 })}
        />
        <NumberField
          {...bounds.heldAbove}
          label={words.heldAbove}
          value={heldAbove}
          usual={stored.data.heldAbove}
          unit={words.entries}
          error={form.problemOf('heldAbove')}
          onNumber={(value) => form.set({ heldAbove: value })}
        />
        <NumberField
          {...bounds.suspendAfterDays}
          label={words.suspendAfterDays}
          value={suspendAfterDays}
          usual={stored.data.suspendAfterDays}
          unit={settingsWords.access.days}
          error={form.problemOf('suspendAfterDays')}
          onNumber={(value) => form.set({ suspendAfterDays: value })}
        />
        <Text size="xs" c="dimmed" className={classes.held}>
          {words.heldHint}
        </Text>
        <Text size="xs" c="dimmed">
          {words.suspendAfterDaysHint}
        </Text>
      </div>
    </DraftForm>
  );
}
