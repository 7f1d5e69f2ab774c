import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { organizationRoute } from '../../routes/organization.ts';

const getParentRoute = () => organizationRoute;

export const repositoriesRoutes = [
  createRoute({
    getParentRoute,
    path: 'repositories',
    component: lazyRouteComponent(() => import('./repositories-page.tsx'), 'RepositoriesPage'),
  }),
] as const;
