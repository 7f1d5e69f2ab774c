/** Which branches an organization leaves out of its packages: bots push many that nobody installs. */

/** What a new organization leaves out: branches that bots make for one change each. */
export const usualBranchesLeftOut: readonly string[] = [
  'dependabot/*',
  'renovate/*',
  'copilot/*',
  'gh-readonly-queue/*',
  'l10n_*',
];

/**
 * The pattern that leaves the branch out; undefined if none does. `*` stands for any text, slashes too; the rest is taken to the letter.
 */
export function leavingOut(patterns: readonly string[], branch: string): string | undefined {
  return patterns.find((pattern) => matches(pattern.split('*'), branch));
}

/** No regular expression: a pattern is what an owner wrote, and must not be able to take long. */
function matches(parts: readonly string[], text: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.at(-1);
  if (last === undefined) {
    return text === first;
  }
  if (!text.startsWith(first)) {
    return false;
  }
  let place = first.length;
  for (const part of rest.slice(0, -1)) {
    const found = text.indexOf(part, place);
    if (found < 0) {
      return false;
    }
    place = found + part.length;
  }
  return text.length >= place + last.length && text.endsWith(last);
}
