import { Navigate } from '@tanstack/react-router';
import { useMe } from '../../api/queries.ts';
import { OrganizationsPage } from './organizations-page.tsx';

/** Whoever belongs to one organization goes on to it; others choose. */
export function HomePage() {
  const [first, ...others] = useMe().organizations;
  return first !== undefined && others.length === 0 ? (
    <Navigate to="/o/$slug" params={{ slug: first.slug }} replace />
  ) : (
    <OrganizationsPage />
  );
}
