import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { organizationRoute } from '../../routes/organization.ts';
import { repositoriesSearch } from './search.ts';

const getParentRoute = () => organizationRoute;

export const repositoriesRoutes = [
  createRoute({
    getParentRoute,
    path: 'repositories',
    validateSearch: repositoriesSearch,
    component: lazyRouteComponent(() => import('./repositories-page.tsx'), 'RepositoriesPage'),
  }),
] as const;
