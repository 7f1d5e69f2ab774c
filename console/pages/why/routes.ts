import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { organizationRoute } from '../../routes/organization.ts';
import { whySearch } from './search.ts';

const getParentRoute = () => organizationRoute;

export const whyRoutes = [
  createRoute({
    getParentRoute,
    path: 'why',
    validateSearch: whySearch,
    component: lazyRouteComponent(() => import('./why-page.tsx'), 'WhyPage'),
  }),
] as const;
