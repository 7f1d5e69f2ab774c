import { createRoute } from '@tanstack/react-router';
import { rootRoute } from './root.ts';

/** Everything of one organization. The routes of its pages are its children. */
export const organizationRoute = createRoute({ getParentRoute: () => rootRoute, path: 'o/$slug' });
