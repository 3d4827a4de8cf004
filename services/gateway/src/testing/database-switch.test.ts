import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface DatabaseSwitch {
  /** The URL that leads through the switch. */
  readonly url: string;
  /** The database is gone: connections break, new ones are refused. */
  off(): Promise<void>;
  on(): Promise<void>;
}

/** A way to a database that can be switched off and on again at the same address. */
export async function createDatabaseSwitch(databaseUrl: string): Promise<DatabaseSwitch> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let port = 0;
  let server: Server | undefined;

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  }

  async function on(): Promise<void> {
    server = createServer((client) => {
      const upstream = connect(Number(target.port), target.hostname);
      track(client);
      track(upstream);
      client.pipe(upstream).pipe(client);
      client.once('close', () => upstream.destroy());
      upstream.once('close', () => client.destroy());
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  async function off(): Promise<void> {
    const closed = server?.listening === true ? once(server, 'close') : undefined;
    server?.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await on();
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;
  return { url: url.href, on, off };
}
