/** A key service in memory. It remembers the keys that it issued, and decrypts one only with the same context. */
import { randomBytes } from 'node:crypto';
import { CipherError, contextBytes, type DataKeys } from '../../shared/runtime/cipher.ts';

export interface MemoryDataKeys extends DataKeys {
  /** Called before each use; may throw. */
  before: (use: 'generate' | 'decrypt') => void;
}

export function createMemoryDataKeys(): MemoryDataKeys {
  const given = new Map<string, { readonly plain: Buffer; readonly context: Buffer }>();
  const service: MemoryDataKeys = {
    before: () => {},
    async generate(context) {
      service.before('generate');
      const [plain, encrypted] = [randomBytes(32), randomBytes(32)];
      given.set(encrypted.toString('hex'), { plain, context: contextBytes(context) });
      return { plain: Buffer.from(plain), encrypted };
    },
    async decrypt(encrypted, context) {
      service.before('decrypt');
      const found = given.get(Buffer.from(encrypted).toString('hex'));
      if (!found?.context.equals(contextBytes(context))) {
        throw new CipherError('another context');
      }
      return Buffer.from(found.plain);
    },
  };
  return service;
}
