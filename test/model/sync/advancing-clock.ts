/**
 * octokit asks again, after real seconds, when a token is refused within five seconds of its making: here a thousand tokens are made in
 * that time. So whoever asks what time it is hears a later time with each question.
 *
 * @returns what puts the clock back
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
