/** Hides a value from everything that prints objects: logs, errors, JSON, `console` and debugger inspection. */

const hidden = '[redacted]';

/** A value that only `reveal` returns. */
export class Secret<Value> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  /** The value itself. Never put it into an error, a log or an argument list. */
  reveal(): Value {
    return this.#value;
  }

  toJSON(): string {
    return hidden;
  }

  toString(): string {
    return hidden;
  }

  /** https://nodejs.org/api/util.html#utilinspectcustom */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden;
  }
}
