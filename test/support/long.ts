/** `npm run test:long` runs the same tests over more inputs, and those in files named `*.long.test.ts`; `npm test` has to stay short. */
export const isLong = process.env.TEST_LONG !== undefined;

/** Selects the short or the long amount of a proof. */
export function extent<Amount>(amounts: { readonly short: Amount; readonly long: Amount }): Amount {
  return isLong ? amounts.long : amounts.short;
}
