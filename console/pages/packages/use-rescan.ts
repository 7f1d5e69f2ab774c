import { api, dataOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { notifyDone, notifyFailed } from '../../components/notify.ts';
import { packageWords } from '../../words/package.ts';
import { type Named, nameOf, packageKey } from './queries.ts';

/** Scans the repository of a package before its time. @param id of the repository */
export const useRescan = (path: Named, id: string) =>
  useChange({
    send: () =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/repositories/{id}/scan', {
          params: { path: { slug: path.slug, id } },
        }),
      ),
    refreshes: [packageKey(path), queryKeys.of(path.slug, 'repositories')],
    onDone: () => notifyDone(packageWords.scans.asked(nameOf(path))),
    onFailed: (error) => notifyFailed(packageWords.scans.notAsked(nameOf(path)), error),
  });
