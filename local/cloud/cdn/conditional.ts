type Headers = ReadonlyMap<string, readonly string[]>;

/**
 * Whether the client's copy is still current, so that the answer is 304. If-None-Match has precedence over If-Modified-Since, and entity
 * tags are compared weakly. https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
 */
export function isUnchanged(request: Headers, stored: Headers): boolean {
  const noneMatch = request.get('if-none-match');
  if (noneMatch !== undefined) {
    const etag = stored.get('etag')?.[0];
    const wanted = noneMatch.flatMap((value) => value.split(',')).map((tag) => tag.trim());
    return wanted.includes('*') || (etag !== undefined && wanted.map(opaque).includes(opaque(etag)));
  }
  const since = Date.parse(request.get('if-modified-since')?.[0] ?? '');
  const modified = Date.parse(stored.get('last-modified')?.[0] ?? '');
  return modified <= since;
}

function opaque(etag: string): string {
  return etag.replace(/^W\//, '');
}
