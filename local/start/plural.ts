/** `1 repository`, `2 repositories` by the plural that is given, which otherwise ends in s. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
