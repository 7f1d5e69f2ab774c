/** What the address says besides the path, so that an explanation can be shared. */
import { textOf } from '../../routes/search.ts';

export interface WhySearch {
  /** As GET /organizations/{slug}/people has it. */
  readonly person?: string | undefined;
  readonly package?: string | undefined;
}

export const whySearch = (search: Record<string, unknown>): WhySearch => ({
  person: textOf(search.person),
  package: textOf(search.package),
});
