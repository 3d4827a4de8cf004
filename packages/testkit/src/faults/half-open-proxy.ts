import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface HalfOpenProxy {
  readonly port: number;
  /** Connections made so far, dead ones included. */
  readonly connectionCount: number;
  /** Present connections go silent: nothing passes any more, and neither side is told. Later ones work. */
  freeze(): void;
  /** Connections from now on are accepted and never answered, until `thaw`. */
  freezeNew(): void;
  /** Later connections work again; frozen ones stay dead. */
  thaw(): void;
  /** Cuts the present connections, as a router that resets them. */
  reset(): void;
  close(): Promise<void>;
}

/** A TCP proxy on loopback whose connections can die without a word, as behind a firewall that forgets them. */
export async function startHalfOpenProxy(
  target: { readonly host?: string; readonly port: number },
  listenPort = 0,
): Promise<HalfOpenProxy> {
  const sockets = new Set<Socket>();
  const pairs = new Set<readonly [Socket, Socket]>();
  let frozen = false;
  let connectionCount = 0;

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  }

  const server = createServer((client) => {
    connectionCount += 1;
    track(client);
    if (frozen) return;
    const upstream = connect(target.port, target.host ?? '127.0.0.1');
    track(upstream);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.pipe(upstream);
    upstream.pipe(client);
    for (const [one, other] of [pair, [upstream, client] as const]) {
      one.once('close', () => {
        if (pairs.delete(pair)) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(listenPort, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    get connectionCount() {
      return connectionCount;
    },
    freeze() {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream);
        upstream.unpipe(client);
        client.pause();
        upstream.pause();
      }
      pairs.clear();
    },
    freezeNew() {
      frozen = true;
    },
    thaw() {
      frozen = false;
    },
    reset() {
      for (const [client, upstream] of pairs) {
        client.resetAndDestroy();
        upstream.destroy();
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
