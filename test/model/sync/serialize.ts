/** Runs calls one after the other, so that a sequence is reproducible. */
export function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(run: () => Promise<Result>): Promise<Result> => {
    const answer = last.then(run, run);
    last = answer.catch(() => undefined);
    return answer;
  };
}
