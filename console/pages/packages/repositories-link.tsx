import { useQuery } from '@tanstack/react-query';
import { useMay } from '../../api/use-may.ts';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { repositoriesWords } from '../../words/repositories.ts';
import { countQuery } from '../repositories/queries.ts';

interface RepositoriesLinkProps {
  readonly slug: string;
  /** In a line of text, where it takes no room of its own when it comes. */
  readonly isInText?: boolean;
}

/** Leads to what is no package yet, for whoever may add it. */
export function RepositoriesLink({ slug, isInText = false }: RepositoriesLinkProps) {
  const { addPackages } = useMay(slug);
  const { data } = useQuery({ ...countQuery(slug), enabled: addPackages });
  if (data === undefined || data.count === 0) {
    return null;
  }
  const to = { to: '/o/$slug/repositories', params: { slug } } as const;
  return isInText ? (
    <AnchorLink {...to} size="sm" hiddenFrom="sm">
      {repositoriesWords.waitingShort(data.count, data.isMore)}
    </AnchorLink>
  ) : (
    <ButtonLink {...to} variant="default" visibleFrom="sm">
      {repositoriesWords.waiting(data.count, data.isMore)}
    </ButtonLink>
  );
}
