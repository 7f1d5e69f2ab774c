/** What holds for each page: https://www.w3.org/TR/WCAG22/ at level AA, as far as axe-core finds it, and the width of a phone. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pages } from '../pages.ts';
import type { Stage } from '../stage.ts';
import { screens, type Visitor } from '../visitor.ts';

export function accessibilityStories(stage: () => Stage): void {
  let visitor: Visitor;
  let synchronizations: readonly { readonly id: string; readonly forge: string }[];
  beforeAll(async () => {
    visitor = await stage().owner('/organizations');
    synchronizations = (await stage().ask('/synchronizations')).items;
  }, 60_000);
  afterAll(() => visitor?.close());

  it.each(pages)('%s is accessible in light and dark, and fits a phone', async (path) => {
    await visitor.setScreen('desktop');
    await visitor.setColors('light');
    await visitor.open(
      path.replace(
        /\{(\w+)\}/,
        (_, name) => synchronizations.find(({ forge }) => forge === name)?.id ?? name,
      ),
    );
    expect(await visitor.violations()).toEqual([]);
    await visitor.setColors('dark');
    expect(await visitor.violations('colors')).toEqual([]);
    await visitor.setScreen('phone');
    await visitor.settled();
    expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
      screens.phone.width,
    );
    expect(visitor.faults).toEqual([]);
  });
}
