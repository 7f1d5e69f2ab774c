/**
 * SSH keys that are made here: Ed25519, in the forms of OpenSSH. Node writes private keys of this kind only as PKCS #8, which OpenSSH does not read.
 *
 * https://github.com/openssh/openssh-portable/blob/V_9_9_P1/PROTOCOL.key and RFC 8709, https://www.rfc-editor.org/rfc/rfc8709
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Secret } from '../runtime/secret.ts';

export interface SshKey {
  /** A line for `authorized_keys`, or for the form of a code host. */
  readonly publicKey: string;
  /** The text of a file for `ssh -i`. */
  readonly privateKey: Secret<string>;
}

const type = 'ssh-ed25519';
/** Without a passphrase nothing is encrypted, and the text is filled up to a multiple of this. */
const blockBytes = 8;
const lineLength = 70;

/** @param comment says in the public key whose it is; without line breaks */
export function makeSshKey(comment: string): SshKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d, x } = privateKey.export({ format: 'jwk' });
  const [seed, point] = [Buffer.from(d ?? '', 'base64url'), Buffer.from(x ?? '', 'base64url')];
  if (seed.length !== 32 || point.length !== 32) {
    throw new Error('no Ed25519 key was made');
  }
  const publicBlob = Buffer.concat([text(type), text(point)]);
  return {
    publicKey: `${type} ${publicBlob.toString('base64')} ${comment}`,
    privateKey: new Secret(privateFile(seed, point, publicBlob, comment)),
  };
}

function privateFile(seed: Buffer, point: Buffer, publicBlob: Buffer, comment: string): string {
  // The same number twice shows a program with a passphrase that it was the right one.
  const check = randomBytes(4);
  const secret = Buffer.concat([
    ...[check, check, text(type), text(point)],
    ...[text(Buffer.concat([seed, point])), text(comment)],
  ]);
  const padding = Buffer.from(
    Array.from({ length: (blockBytes - (secret.length % blockBytes)) % blockBytes }, (_, place) => place + 1),
  );
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    ...[text('none'), text('none'), text('')],
    ...[number(1), text(publicBlob), text(Buffer.concat([secret, padding]))],
  ]);
  const lines = file.toString('base64').match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function number(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

/** A string of the SSH protocol: its length, and its bytes. */
function text(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([number(bytes.length), bytes]);
}
