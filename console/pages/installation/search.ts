/** What the addresses of these pages say besides the path. */
import { textOf } from '../../routes/search.ts';

export interface NewOrganizationSearch {
  /** The id of an installation of the App that no organization is connected to. */
  readonly installation?: string | undefined;
}

export const newOrganizationSearch = (search: Record<string, unknown>): NewOrganizationSearch => ({
  installation: textOf(search.installation),
});

export interface InstallationHistorySearch {
  readonly act?: string | undefined;
  /** Id of who did it. */
  readonly actor?: string | undefined;
}

export const installationHistorySearch = (search: Record<string, unknown>): InstallationHistorySearch => ({
  act: textOf(search.act),
  actor: textOf(search.actor),
});
