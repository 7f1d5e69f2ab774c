/** Where the API of a deployment is, and the key that an operator uses it with. */
import { readFile } from 'node:fs/promises';
import { AdminError } from '../start/admin-error.ts';
import { type ApiAddress, readOperatorKey } from '../start/api-client.ts';
import { UsageError } from '../start/options.ts';

/** Holds the key, where no file or secret is named. */
export const keyVariable = 'REPERTOIRE_OPERATOR_KEY';

interface KeyPlace {
  readonly 'key-file'?: string | undefined;
  readonly 'key-secret'?: string | undefined;
}

/**
 * @param address of the console: `https://console.example`
 * @throws UsageError when the address is none that a key may be sent to, or nothing says where the key is
 */
export function onAws(
  address: string,
  { 'key-file': file, 'key-secret': secret }: KeyPlace,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ApiAddress {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.protocol !== 'https:' || url.pathname !== '/' || url.username !== '') {
    throw new UsageError(
      `--aws takes the console's address, such as https://console.example.com, not ${address}`,
    );
  }
  const consoleBaseUrl = url.origin;
  if (file !== undefined) {
    return { consoleBaseUrl, operatorKey: () => keyIn(file) };
  }
  if (secret !== undefined) {
    return { consoleBaseUrl, operatorKey: () => readOperatorKey(secret, undefined) };
  }
  const key = environment[keyVariable]?.trim();
  if (!key) {
    throw new UsageError(
      `--aws needs the operator's key: set ${keyVariable}, or give --key-file FILE, or --key-secret with the stack's output OperatorKeySecretName`,
    );
  }
  return { consoleBaseUrl, operatorKey: async () => key };
}

async function keyIn(file: string): Promise<string> {
  const key = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (key === '') {
    throw new AdminError(`${file} cannot be read, or is empty`);
  }
  return key;
}
