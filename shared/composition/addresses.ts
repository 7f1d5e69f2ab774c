/**
 * Reads this installation's public addresses. The template writes them into one parameter, since they may be the CDN's own names: a function
 * that refers to a distribution, which leads to the API, which leads to the function, would be a cycle.
 */
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { required } from '../runtime/config.ts';

/** Both without a slash at their end. */
export interface Addresses {
  /** Of the registry host. Part of users' lock files. */
  readonly registryBaseUrl: string;
  /** Of the console host (API, sign-in, webhooks). */
  readonly consoleBaseUrl: string;
}

export type AddressesReader = () => Promise<Addresses>;

const Stored = z
  .object({ registry: z.url(), console: z.url() })
  .transform(({ registry, console }): Addresses => ({ registryBaseUrl: registry, consoleBaseUrl: console }));

/** The longest time until a function notices another address; milliseconds. */
export const addressesUsedMs = 60_000;

/**
 * Asks again after a minute, and goes on with what it knows while nothing is answered. Requests at the same time share one read.
 *
 * @param read the parameter's text
 * @returns a reader that throws when the addresses cannot be read and never could be; it then asks again at the next call
 */
export function createAddressesReader(read: () => Promise<string>, clock: Clock): AddressesReader {
  let known: Addresses | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<Addresses> | undefined;

  async function readAgain(): Promise<Addresses> {
    try {
      const found = Stored.parse(JSON.parse(await read()));
      // The same object for the same addresses: see `forAddresses`.
      if (JSON.stringify(found) !== JSON.stringify(known)) {
        known = found;
      }
    } catch (error) {
      if (known === undefined) {
        throw error;
      }
    }
    readAt = clock.now();
    return known as Addresses;
  }

  return async () => {
    if (known !== undefined && clock.now() < readAt + addressesUsedMs) {
      return known;
    }
    reading ??= readAgain().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}

/** The reader of this function's environment. */
export function addresses(): AddressesReader {
  const client = new SSMClient({});
  return createAddressesReader(async () => {
    const command = new GetParameterCommand({ Name: required('addressesParameter') });
    const { Parameter: parameter } = await client.send(command);
    return parameter?.Value ?? '';
  }, systemClock);
}

/** What is made from the addresses: once, and again when they are others. */
export function forAddresses<Made>(
  read: AddressesReader,
  make: (addresses: Addresses) => Made,
): () => Promise<Made> {
  let last: { readonly from: Addresses; readonly made: Made } | undefined;
  return async () => {
    const from = await read();
    if (last?.from !== from) {
      last = { from, made: make(from) };
    }
    return last.made;
  };
}
