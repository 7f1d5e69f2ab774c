/** A worker that dies: nothing that it does after a given call takes effect. */
import { eachCall } from '../../support/injected-fault.ts';
import type { Services } from '../../support/registry-world.ts';

const words = 'the worker is dead';

/** @param call which of its calls is the last one */
export function dying(call: number): (services: Services) => Services {
  return (services) => {
    let calls = 0;
    return eachCall(services, async (_name, _parameters, run) => {
      if (calls++ > call) {
        throw new Error(words);
      }
      return run();
    });
  };
}

/** The first worker that applies a plan of several transactions dies after the first of them. */
export function dyingInPlan(): (services: Services) => Services {
  let isOver = false;
  return (services) => {
    if (isOver) {
      return services;
    }
    let isDead = false;
    const { table } = services;
    const live = <Result>(call: () => Promise<Result>): Promise<Result> =>
      isDead ? Promise.reject(new Error(words)) : call();
    return {
      ...services,
      workQueue: { send: (...parameters) => live(() => services.workQueue.send(...parameters)) },
      table: {
        ...table,
        get: (...parameters) => live(() => table.get(...parameters)),
        getMany: (...parameters) => live(() => table.getMany(...parameters)),
        query: (...parameters) => live(() => table.query(...parameters)),
        update: (...parameters) => live(() => table.update(...parameters)),
        async transact(operations) {
          await live(() => table.transact(operations));
          if (operations.some((one) => 'put' in one && one.put.sk.startsWith('APPLYING#'))) {
            isDead = true;
            isOver = true;
          }
        },
      },
    };
  };
}

export const isDeath = (error: unknown): boolean => error instanceof Error && error.message === words;
