/** Runs requests side by side, a few at once. */

/**
 * @param most how many run at once
 * @returns what `act` gave for each item, in the order of the items
 * @throws the first error; what was not begun by then is not begun any more
 */
export async function mapAtOnce<Item, Result>(
  items: readonly Item[],
  most: number,
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const open = [...items.entries()].reverse();
  const work = async (): Promise<void> => {
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [place, item] = next;
      try {
        results[place] = await act(item);
      } catch (error) {
        open.length = 0;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: most }, work));
  return results;
}
