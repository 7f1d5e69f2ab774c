/**
 * Whether a path matches the path pattern of a cache behavior: `*` stands for any text, `?` for one character, case
 * counts, and a leading slash may be missing.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
 */
export function matchesPathPattern(pattern: string, path: string): boolean {
  const source = (pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(path);
}

/**
 * The path as behaviors are matched against it: dot segments removed and unreserved characters decoded, as RFC 3986
 * says; functions and origins get it as it came. (The guide's paragraph on the path pattern says so.)
 */
export function normalizePath(path: string): string {
  const decoded = path.replace(/%([0-9A-Fa-f]{2})/g, (encoded, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase();
  });
  const segments: string[] = [];
  const parts = decoded.split('/').slice(1);
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    if (part === '..') segments.pop();
    if (part !== '.' && part !== '..') segments.push(part);
    else if (isLast) segments.push('');
  }
  return `/${segments.join('/')}`;
}
