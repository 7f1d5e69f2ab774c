/** Counts what the functions ask of forges and services, and keeps what they did. */
import { z } from 'zod';
import type { FunctionObserver, Invocation } from '../../local/cloud/functions/observer.ts';
import type { ServiceCall } from '../../local/cloud/services/gateway-call.ts';

export type CounterKind = 'forge' | 'table' | 'objects' | 'messages' | 'edge keys' | 'other';

export interface Counter {
  readonly kind: CounterKind;
  /** The function, or `operator` for what the bench itself asks. */
  readonly caller: string;
  /** The operation; for messages the queue. */
  readonly name: string;
  readonly calls: number;
  /** Items, keys or messages in these calls; of queries the number of queries, since who asks cannot know more. */
  readonly items: number;
}

export interface MeasuredFunction {
  readonly name: string;
  readonly invocations: readonly Invocation[];
  /** Milliseconds from the start of each environment until its code was loaded. */
  readonly loads: readonly number[];
  /** Bytes, the most that any environment was seen with. */
  readonly memoryPeak: number;
}

export interface Recorder {
  readonly observer: FunctionObserver;
  /** For the gateway's hook: counts, and lets pass. */
  count(call: ServiceCall): 'pass';
  counters(): Counter[];
  /** What was put into the edge's key-value store and not taken out again. */
  edgeItems(): ReadonlyMap<string, string>;
  functions(): MeasuredFunction[];
}

export interface ForgeAddresses {
  readonly api: string;
  readonly codeload: string;
}

export function createRecorder(forge: ForgeAddresses): Recorder {
  const counters = new Map<string, Counter>();
  const edgeItems = new Map<string, string>();
  const functions = new Map<string, { invocations: Invocation[]; loads: number[]; memoryPeak: number }>();

  const add = (kind: CounterKind, caller: string, name: string, items: number): void => {
    const key = JSON.stringify([kind, caller, name]);
    const before = counters.get(key) ?? { kind, caller, name, calls: 0, items: 0 };
    counters.set(key, { ...before, calls: before.calls + 1, items: before.items + items });
  };
  const of = (fullName: string) => {
    const name = shortName(fullName);
    const known = functions.get(name) ?? { invocations: [], loads: [], memoryPeak: 0 };
    functions.set(name, known);
    return known;
  };

  return {
    observer: {
      onLoaded: (name, tookMs) => void of(name).loads.push(tookMs),
      onInvoked: (invocation) => void of(invocation.functionName).invocations.push(invocation),
      onRequest: (name, _method, url) => add('forge', shortName(name), surfaceOf(url, forge), 1),
      onMemory(name, bytes) {
        const one = of(name);
        one.memoryPeak = Math.max(one.memoryPeak, bytes);
      },
    },
    count(call) {
      const { kind, name, items } = describeCall(call);
      if (name === 'UpdateKeys') keepEdgeItems(edgeItems, call);
      add(kind, shortName(call.caller), name, items);
      return 'pass';
    },
    counters: () => [...counters.values()],
    edgeItems: () => edgeItems,
    functions: () => [...functions].map(([name, measured]) => ({ name, ...measured })),
  };
}

const EdgeUpdate = z.object({
  Puts: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
  Deletes: z.array(z.object({ Key: z.string() })).default([]),
});

/** An update that is refused, since another was first, is made again. */
function keepEdgeItems(items: Map<string, string>, { request }: ServiceCall): void {
  const { Puts, Deletes } = EdgeUpdate.parse(JSON.parse(request.body.toString()));
  for (const { Key, Value } of Puts) items.set(Key, Value);
  for (const { Key } of Deletes) items.delete(Key);
}

/** What has been added since. */
export function since(before: readonly Counter[], now: readonly Counter[]): Counter[] {
  return now.flatMap((counter) => {
    const old = before.find(
      ({ kind, caller, name }) => kind === counter.kind && caller === counter.caller && name === counter.name,
    );
    const [calls, items] = [counter.calls - (old?.calls ?? 0), counter.items - (old?.items ?? 0)];
    return calls > 0 ? [{ ...counter, calls, items }] : [];
  });
}

/** Without the stack's name. */
export function shortName(name: string): string {
  return name.replace(/^Repertoire-/, '');
}

function surfaceOf({ origin, pathname }: URL, { api, codeload }: ForgeAddresses): string {
  if (origin === codeload) return 'archives (codeload)';
  if (origin !== api) return 'elsewhere';
  return pathname.endsWith('/graphql') ? 'GraphQL' : 'REST';
}

const TableCall = z.object({
  TransactItems: z.array(z.unknown()).optional(),
  RequestItems: z
    .record(z.string(), z.union([z.array(z.unknown()), z.object({ Keys: z.array(z.unknown()) })]))
    .optional(),
});
const QueueCall = z.object({ QueueUrl: z.string().default(''), Entries: z.array(z.unknown()).optional() });

/** How a call counts. */
export function describeCall({ service, operation, request }: ServiceCall): {
  kind: CounterKind;
  name: string;
  items: number;
} {
  switch (service) {
    case 'dynamodb': {
      const { TransactItems, RequestItems } = TableCall.parse(JSON.parse(request.body.toString()));
      const batch = Object.values(RequestItems ?? {}).flatMap((one) => ('Keys' in one ? one.Keys : one));
      return {
        kind: 'table',
        name: operation,
        items: TransactItems?.length ?? (RequestItems ? batch.length : 1),
      };
    }
    case 's3':
      return { kind: 'objects', name: operation, items: 1 };
    case 'sqs': {
      if (!operation.startsWith('SendMessage')) return { kind: 'other', name: operation, items: 1 };
      const { QueueUrl, Entries } = QueueCall.parse(JSON.parse(request.body.toString()));
      return {
        kind: 'messages',
        name: shortName(QueueUrl.split('/').at(-1) ?? ''),
        items: Entries?.length ?? 1,
      };
    }
    case 'cloudfront-keyvaluestore': {
      if (operation !== 'UpdateKeys') return { kind: 'edge keys', name: operation, items: 1 };
      const { Puts, Deletes } = EdgeUpdate.parse(JSON.parse(request.body.toString()));
      return { kind: 'edge keys', name: operation, items: Puts.length + Deletes.length };
    }
    default:
      return { kind: 'other', name: operation, items: 1 };
  }
}
