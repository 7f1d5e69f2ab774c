import { useQuery } from '@tanstack/react-query';
import { useMay } from '../../api/use-may.ts';
import { ButtonLink } from '../../components/link.tsx';
import { repositoriesWords } from '../../words/repositories.ts';
import { countQuery } from '../repositories/queries.ts';

/** Leads to what is no package yet, for whoever may add it. */
export function RepositoriesLink({ slug }: { readonly slug: string }) {
  const { addPackages } = useMay(slug);
  const { data } = useQuery({ ...countQuery(slug), enabled: addPackages });
  return data === undefined || data.count === 0 ? null : (
    <ButtonLink to="/o/$slug/repositories" params={{ slug }} variant="default">
      {repositoriesWords.waiting(data.count, data.isMore)}
    </ButtonLink>
  );
}
