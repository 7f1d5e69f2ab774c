import { useNavigate } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { notifyDone } from '../../components/notify.ts';
import { connectWords } from '../../words/connect.ts';
import type { About } from './about-fields.tsx';
import { noteConnected } from './just-connected.ts';
import { vendorsIn } from './suggested.ts';
import { setWantedPlace } from './wanted-place.ts';

export interface NewOrganization {
  readonly about: About;
  /** Left out: no code host says who belongs to it. */
  readonly from?: Schemas['NewOrganization']['from'];
}

export interface AddedCodeHost {
  readonly slug: string;
  readonly login: string;
  readonly from: Schemas['ForgeChoice'];
}

/** Keeps an organization that is there in step with one more of a code host, and goes on to that synchronization. */
export function useAddCodeHost() {
  const navigate = useNavigate();
  return useChange({
    send: ({ slug, from }: AddedCodeHost, key) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/synchronizations', {
          params: { path: { slug }, header: { 'idempotency-key': key } },
          body: from,
        }),
      ),
    refreshes: [queryKeys.me, queryKeys.organizations],
    onDone: ({ id }, { slug, login }) => {
      setWantedPlace(undefined);
      notifyDone(connectWords.place.done(login));
      void navigate({
        to: '/o/$slug/synchronizations/$synchronization',
        params: { slug, synchronization: id },
      });
    },
  });
}

/** Makes an organization, and goes on to its first synchronization, or to itself if it has none. */
export function useCreate() {
  const navigate = useNavigate();
  return useChange({
    send: ({ about, from }: NewOrganization, key) => {
      const [slug, name] = [about.slug.trim(), about.name.trim()];
      const body: Schemas['NewOrganization'] = {
        ...{ slug, ownedVendors: vendorsIn(about.vendors) },
        ...(name !== '' && { name }),
        ...(from && { from }),
      };
      return dataOf(
        api.POST('/api/v1/organizations', { params: { header: { 'idempotency-key': key } }, body }),
      );
    },
    refreshes: [queryKeys.me, queryKeys.organizations],
    onDone: ({ slug, synchronization }) => {
      if (synchronization === undefined) {
        void navigate({ to: '/o/$slug', params: { slug } });
      } else {
        noteConnected(slug);
        void navigate({ to: '/organizations/connected/$slug', params: { slug } });
      }
    },
  });
}
