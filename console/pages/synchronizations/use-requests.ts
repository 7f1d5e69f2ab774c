/** What an owner asks of a synchronization, each with the page that shows how far it is. */
import { useNavigate } from '@tanstack/react-router';
import { api, dataOf } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import type { Which } from './queries.ts';

/** Has the code host read now. */
export function useReadNow({ slug, synchronization }: Which) {
  const navigate = useNavigate();
  return useChange({
    send: () =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/synchronizations/{synchronization}/runs', {
          params: { path: { slug, synchronization } },
        }),
      ),
    onDone: ({ asked }) =>
      void navigate({
        to: '/o/$slug/synchronizations/$synchronization',
        params: { slug, synchronization },
        search: { asked },
      }),
  });
}

/** What a preview is made as if it were set; left out, as it is. */
interface Previewed {
  readonly viewersInstall?: boolean;
}

export function useRequestPreview({ slug, synchronization }: Which) {
  const navigate = useNavigate();
  return useChange({
    send: ({ viewersInstall }: Previewed) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/synchronizations/{synchronization}/previews', {
          params: {
            path: { slug, synchronization },
            query: viewersInstall === undefined ? {} : { viewersInstall: `${viewersInstall}` },
          },
        }),
      ),
    onDone: ({ number }) =>
      void navigate({
        to: '/o/$slug/synchronizations/$synchronization/previews/$preview',
        params: { slug, synchronization, preview: String(number) },
      }),
  });
}
