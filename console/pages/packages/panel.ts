import type { Schemas } from '../../api/client.ts';
import type { May } from '../../api/use-may.ts';
import type { Named } from './queries.ts';

/** What a tab of a package's page gets. */
export interface PanelProps {
  readonly path: Named;
  readonly found: Schemas['Package'];
  readonly may: May;
}
