/** Which organization a code host is connected to; kept in the tab, since the way leads over the code host and back. */
const key = 'repertoire.connect-to';

/** @param slug undefined for a new organization */
export function setWantedPlace(slug: string | undefined): void {
  if (slug === undefined) {
    sessionStorage.removeItem(key);
  } else {
    sessionStorage.setItem(key, slug);
  }
}

export const wantedPlace = (): string | undefined => sessionStorage.getItem(key) ?? undefined;
