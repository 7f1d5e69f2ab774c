import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { organizationRoute } from '../../routes/organization.ts';
import { teamSearch } from './search.ts';

const getParentRoute = () => organizationRoute;

export const teamsRoutes = [
  createRoute({
    getParentRoute,
    path: 'teams',
    component: lazyRouteComponent(() => import('./teams-page.tsx'), 'TeamsPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'teams/$team',
    validateSearch: teamSearch,
    component: lazyRouteComponent(() => import('./team-page.tsx'), 'TeamPage'),
  }),
] as const;
