import { useQuery } from '@tanstack/react-query';
import { AnchorLink } from '../../components/link.tsx';
import { teamQuery } from './queries.ts';

interface TeamLinkProps {
  readonly slug: string;
  readonly id: string;
  /** With the name in it. */
  text?(name: string): string;
}

/** A team that only its id is known of. */
export function TeamLink({ slug, id, text = (name) => name }: TeamLinkProps) {
  const { data } = useQuery({ ...teamQuery(slug, id), refetchInterval: false });
  return (
    <AnchorLink to="/o/$slug/teams/$team" params={{ slug, team: id }} size="sm">
      {text(data?.data.name ?? '…')}
    </AnchorLink>
  );
}
