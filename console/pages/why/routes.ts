import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { organizationRoute } from '../../routes/organization.ts';

const getParentRoute = () => organizationRoute;

export const whyRoutes = [
  createRoute({
    getParentRoute,
    path: 'why',
    component: lazyRouteComponent(() => import('./why-page.tsx'), 'WhyPage'),
  }),
] as const;
