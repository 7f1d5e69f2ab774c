import type { Route } from '../frame/route.ts';
import { meRoutes } from './me.ts';

/** Every route of the API but those of its documentation. */
export const routes: readonly Route[] = [...meRoutes];
