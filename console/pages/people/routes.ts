import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { organizationRoute } from '../../routes/organization.ts';
import { peopleSearch } from './search.ts';

const getParentRoute = () => organizationRoute;

export const peopleRoutes = [
  createRoute({
    getParentRoute,
    path: 'people',
    validateSearch: peopleSearch,
    component: lazyRouteComponent(() => import('./people-page.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute,
    path: 'people/$person',
    component: lazyRouteComponent(() => import('./person-page.tsx'), 'PersonPage'),
  }),
] as const;
