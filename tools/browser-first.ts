/** The order of the test files. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The stories in the browser before all others: they are one file that takes longer than any other, and if it began last, as its size would
 * have it where no file has run yet, one core would wait for the other.
 */
export class BrowserFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isStory = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/browser/');
    return [...sorted.filter(isStory), ...sorted.filter((file) => !isStory(file))];
  }
}
