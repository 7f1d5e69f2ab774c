import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { notifyDone } from '../../components/notify.ts';
import { settingsWords } from '../../words/settings.ts';
import { type DraftForm, useDraftForm } from './use-draft-form.ts';

/** Null takes the limit away. */
export type Settings = Omit<Schemas['OrganizationSettings'], 'longestTokenDays'> & {
  readonly longestTokenDays?: number | null;
};

export interface StoredSettings {
  readonly data: Schemas['OrganizationSettings'];
  readonly etag: string;
}

/** Fields of the organization's settings. @param page whose draft it is */
export const useSettingsForm = (slug: string, page: string, stored: StoredSettings): DraftForm<Settings> =>
  useDraftForm<Settings>({
    name: `${slug} settings ${page}`,
    stored,
    send: (body, etag) =>
      dataOf(
        api.PATCH('/api/v1/organizations/{slug}/settings', {
          params: { path: { slug }, header: { 'if-match': etag } },
          body,
        }),
      ),
    refreshes: [queryKeys.organization(slug), queryKeys.organizations, queryKeys.me],
    onDone: () => notifyDone(settingsWords.form.saved),
  });
