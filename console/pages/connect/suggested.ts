/** Of everything but the slug the suggestion usually fits. @param login on the code host */
export const suggestedOf = (login: string) => ({
  slug: login
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40),
  vendors: login.toLowerCase(),
});

/** As it is typed: with spaces or commas between them. */
export const vendorsIn = (text: string): string[] => text.split(/[\s,]+/).filter((vendor) => vendor !== '');
