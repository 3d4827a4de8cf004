// The peer of the acceptance bench: a plain HTTP server that reads a body, hashes it and puts it on the disk, without any
// framework, check, database or rename. No gateway that keeps what it takes can be faster than this on the same machine.
import { createHash } from 'node:crypto';
import { closeSync, fsync, openSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const waitForDisk = promisify(fsync);
const folder = process.argv[2] ?? '';
let count = 0;

process.once('disconnect', () => process.exit(0));
await mkdir(folder, { recursive: true });
const server = createServer((request, response) => {
  keep(request).then(
    (sha256) => {
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ sha256 }));
    },
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

async function keep(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const sha256 = createHash('sha256').update(body).digest('hex');
  count += 1;
  const file = openSync(join(folder, String(count)), 'wx', 0o600);
  try {
    writeSync(file, body);
    await waitForDisk(file);
  } finally {
    closeSync(file);
  }
  return sha256;
}
