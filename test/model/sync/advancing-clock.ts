/**
 * Makes `Date` return a later time with each call. octokit repeats a request after real seconds if a token is refused within five
 * seconds of its creation, and the tests create a thousand tokens in that time.
 *
 * @returns a function that restores the clock
 */
export function hurryTime(): () => void {
  const before = globalThis.Date;
  let ahead = 0;
  globalThis.Date = new Proxy(before, {
    construct(target, given) {
      ahead += given.length === 0 ? 6_000 : 0;
      return given.length === 0 ? new target(target.now() + ahead) : Reflect.construct(target, given);
    },
  });
  return () => {
    globalThis.Date = before;
  };
}
