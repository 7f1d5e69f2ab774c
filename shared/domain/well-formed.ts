/**
 * Whether no text in parsed JSON, keys included, has half of a surrogate pair. JSON may have one by an escape (`"\ud800"`); it has no
 * UTF-8, so DynamoDB refuses it. https://www.rfc-editor.org/rfc/rfc8259#section-8.2
 */
export function isWellFormed(root: unknown): boolean {
  // Level by level, so that depth uses no stack.
  let level: readonly unknown[] = [root];
  while (level.length > 0) {
    const objects = level.filter((value) => typeof value === 'object' && value !== null);
    const texts = [...level, ...objects.flatMap((object) => Object.keys(object))];
    if (texts.some((text) => typeof text === 'string' && !text.isWellFormed())) {
      return false;
    }
    level = objects.flatMap((object) => Object.values(object));
  }
  return true;
}
