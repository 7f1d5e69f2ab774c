import { useNavigate } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import type { About } from './about-fields.tsx';
import { noteConnected } from './just-connected.ts';
import { vendorsIn } from './suggested.ts';

export interface NewOrganization {
  readonly about: About;
  /** Left out: no code host says who belongs to it. */
  readonly from?: Schemas['NewOrganization']['from'];
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
