import { expect, it } from 'vitest';
import { dropDecoderLines } from './drop-decoder-lines.js';

function record() {
  const written: string[] = [];
  const stream = {
    write(chunk: string | Uint8Array, ...rest: unknown[]) {
      written.push(Buffer.from(chunk as Uint8Array).toString());
      const done = rest.at(-1);
      if (typeof done === 'function') (done as () => void)();
      return true;
    },
  };
  dropDecoderLines(stream);
  return { stream, written };
}

it.each([
  'Corrupt JPEG data: 23 extraneous bytes before marker 0xd9\n',
  'Corrupt JPEG data: premature end of data segment\n',
  'Premature end of JPEG file\n',
  'libpng error: bad adaptive filter value\n',
])('drops %j and tells the pipe that it may go on', async (line) => {
  const { stream, written } = record();
  await new Promise<void>((done) => void stream.write(Buffer.from(line), 'buffer', done));
  expect(written).toEqual([]);
});

it('keeps everything else as it came', () => {
  const { stream, written } = record();
  stream.write(Buffer.from('terminate called after throwing an instance of std::bad_alloc\n'));
  stream.write('before\nCorrupt JPEG data: bad Huffman code\nafter\n');
  expect(written).toEqual(['terminate called after throwing an instance of std::bad_alloc\n', 'before\nafter\n']);
});
