/** Messages between the host and the worker of an execution environment. */

export interface WorkerSetup {
  /** File URL of the bundle. */
  readonly entry: string;
  readonly handlerName: string;
  readonly timeoutMs: number;
  /** Folder where the compiled code is kept for the next worker of the function; undefined keeps none. */
  readonly codeCache: string | undefined;
  /** Whether the worker reports the requests that the code sends. */
  readonly reportsRequests: boolean;
  /** One Float64: milliseconds that the cloud's clock is ahead of real time. */
  readonly clockOffset: SharedArrayBuffer;
  /** The constant parts of Lambda's context object. */
  readonly context: Readonly<Record<string, string>>;
}

export interface ToWorker {
  readonly requestId: string;
  readonly payload: string;
}

/** An error as a function's caller sees it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[] | undefined;
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-error'; readonly error: FunctionError }
  | { readonly kind: 'crash'; readonly error: FunctionError }
  | { readonly kind: 'request'; readonly method: string; readonly url: string }
  | { readonly kind: 'line'; readonly requestId: string | undefined; readonly line: string }
  | { readonly kind: 'result'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'error'; readonly requestId: string; readonly error: FunctionError };
