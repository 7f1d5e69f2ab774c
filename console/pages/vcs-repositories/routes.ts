import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { organizationRoute } from '../../routes/organization.ts';

const getParentRoute = () => organizationRoute;

export const vcsRepositoriesRoutes = [
  createRoute({
    getParentRoute,
    path: 'repositories/at-url',
    component: lazyRouteComponent(() => import('./vcs-repositories-page.tsx'), 'VcsRepositoriesPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'repositories/at-url/new',
    component: lazyRouteComponent(() => import('./new-vcs-repository-page.tsx'), 'NewVcsRepositoryPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'repositories/at-url/$repository',
    component: lazyRouteComponent(() => import('./vcs-repository-page.tsx'), 'VcsRepositoryPage'),
  }),
] as const;
