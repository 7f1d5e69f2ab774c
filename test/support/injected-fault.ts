/** A process in which one service call fails, or that dies at one: for tests that the outcome is the same wherever that happens. */
import type { Services } from './registry-world.ts';

/** `dies`: the worker does nothing after it. `fails`: the worker goes on, and so does its clean-up. */
export interface Fault {
  readonly kind: 'dies' | 'fails';
  readonly when: 'before' | 'after';
  /** Which of all calls of a step, counted from 0. */
  readonly call: number;
}

/** Whether a call changes something outside. */
export const writes = (call: string): boolean =>
  /^(update|transact|write|remove|removeSome|copy|putFirst|wake) /.test(call);

/** The services with each call wrapped in `around`, which decides whether to make it. */
export function eachCall(
  services: Services,
  around: (name: string, parameters: readonly unknown[], run: () => Promise<unknown>) => Promise<unknown>,
): Services {
  const through = <Service extends object>(service: Service): Service =>
    new Proxy(service, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name);
        // `isSame` compares objects and makes no call.
        return typeof value === 'function' && name !== 'isSame'
          ? (...parameters: unknown[]) =>
              around(String(name), parameters, async () => value.apply(of, parameters))
          : value;
      },
    });
  return {
    table: through(services.table),
    objects: through(services.objects),
    dists: through(services.dists),
    storedObjects: through(services.storedObjects),
    keyValues: through(services.keyValues),
    workQueue: through(services.workQueue),
  };
}

/** The services of one process, in which the fault may strike. @param calls gets a line for each call */
export function faulty(calls: string[], fault: Fault | undefined): (services: Services) => Services {
  return (services) => {
    let dead = false;
    const call = async (name: string, run: () => Promise<unknown>): Promise<unknown> => {
      if (dead) {
        throw new Error('the process is dead');
      }
      calls.push(name);
      if (calls.length - 1 !== fault?.call) {
        return run();
      }
      dead = fault.kind === 'dies';
      if (fault.when === 'after') {
        await run();
      }
      throw new Error(`a call ${fault.kind} ${fault.when} its effect`);
    };
    return eachCall(services, (name, parameters, run) =>
      call(`${name} ${JSON.stringify(parameters[0])}`, run),
    );
  };
}
