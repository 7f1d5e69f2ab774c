/** One after the other, so that a sequence goes the same way each time. */
export function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(run: () => Promise<Result>): Promise<Result> => {
    const answer = last.then(run, run);
    last = answer.catch(() => undefined);
    return answer;
  };
}
