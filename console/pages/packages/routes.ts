import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { organizationRoute } from '../../routes/organization.ts';
import { packageSearch, packagesSearch } from './search.ts';

const getParentRoute = () => organizationRoute;

export const packagesRoutes = [
  createRoute({
    getParentRoute,
    path: 'packages',
    validateSearch: packagesSearch,
    component: lazyRouteComponent(() => import('./packages-page.tsx'), 'PackagesPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'packages/$vendor/$name',
    validateSearch: packageSearch,
    component: lazyRouteComponent(() => import('./package-page.tsx'), 'PackagePage'),
  }),
] as const;
