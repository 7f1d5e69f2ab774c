import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloudClock, type SteppableClock } from '../runtime/clock.ts';
import { type Gateway, type GatewayOptions, startGateway } from './gateway.ts';

export interface ContractSetup {
  readonly clock: SteppableClock;
  readonly directory: string;
  readonly gateway: Gateway;
  /** For the constructor of any SDK client. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  close(): Promise<void>;
}

/** A gateway on a free port, its clock, a directory, and what an SDK client needs to connect. */
export async function startContractSetup(
  services: (parts: { clock: SteppableClock; directory: string }) => Partial<GatewayOptions>,
): Promise<ContractSetup> {
  const clock = createCloudClock();
  const directory = mkdtempSync(join(tmpdir(), 'repertoire-cloud-'));
  const onError = (error: unknown) => console.error(error);
  const gateway = await startGateway({
    ...{ port: 0, accessKey: 'test', clock, onError },
    ...services({ clock, directory }),
  });
  return {
    clock,
    directory,
    gateway,
    client: {
      endpoint: gateway.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: gateway.accessKeyId('contract-test'), secretAccessKey: 'none' },
    },
    async close() {
      await gateway.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The error that a call throws, as name and HTTP status. */
export async function failure(call: Promise<unknown>): Promise<{ name: string; status: number | undefined }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata = '$metadata' in error ? error.$metadata : undefined;
    const status =
      typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
        ? Number(metadata.httpStatusCode)
        : undefined;
    return { name: error.name, status };
  }
  throw new Error('The call did not fail');
}
