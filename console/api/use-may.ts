import { useQuery } from '@tanstack/react-query';
import { organizationQuery, useMe } from './queries.ts';

/** What whoever is signed in may do in an organization; while it is not known, nothing but what the role gives. */
export interface May {
  readonly isOwner: boolean;
  /** Make packages of repositories. */
  readonly addPackages: boolean;
  /** Scan repositories, and change what clients get of packages. */
  readonly managePackages: boolean;
}

export function useMay(slug: string | undefined): May {
  const isOwner = useMe().organizations.some((one) => one.slug === slug && one.role === 'owner');
  const { data } = useQuery({ ...organizationQuery(slug ?? ''), enabled: slug !== undefined && !isOwner });
  const may = (right: 'add-packages' | 'manage-packages'): boolean =>
    isOwner || data?.rights.some((one) => one.right === right) === true;
  return { isOwner, addPackages: may('add-packages'), managePackages: may('manage-packages') };
}
