import { AnchorLink } from '../../components/link.tsx';
import { repositoriesWords } from '../../words/repositories.ts';

/** Back to all repositories of the organization. */
export const AboveLink = ({ slug }: { readonly slug: string }) => (
  <AnchorLink to="/o/$slug/repositories" params={{ slug }} size="sm">
    {repositoriesWords.title}
  </AnchorLink>
);
