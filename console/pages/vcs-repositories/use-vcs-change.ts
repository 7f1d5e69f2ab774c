import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { notifyDone } from '../../components/notify.ts';
import { changedKey, type Which } from './queries.ts';

interface Done {
  /** What to say. */
  readonly said: string;
  onDone?(): void;
}

/** Changes one repository. What is left out stays. */
export const useVcsChange = ({ slug, id }: Which, { said, onDone }: Done) =>
  useChange({
    send: (body: Schemas['VcsRepositoryChange']) =>
      dataOf(
        api.PATCH('/api/v1/organizations/{slug}/vcs-repositories/{id}', {
          params: { path: { slug, id } },
          body,
        }),
      ),
    refreshes: [changedKey(slug)],
    onDone: () => {
      notifyDone(said);
      onDone?.();
    },
  });
