import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { listen } from './listen.ts';

it('does not wait without end for the rest of a request', async () => {
  const listener = await listen('test', 0, 100);
  listener.serve(() => Promise.reject(new Error('the request never arrives whole')));
  const socket = connect(listener.port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nslow');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
  await listener.close();
});
