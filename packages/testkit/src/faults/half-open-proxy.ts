import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Which connections are meant, by the first bytes the client has sent: PostgreSQL's name user and application. */
export type ConnectionFilter = (opening: string) => boolean;

export interface HalfOpenProxy {
  readonly port: number;
  /** Connections made so far, dead ones included. */
  readonly connectionCount: number;
  /** Connections at present through which something can pass. */
  readonly liveCount: number;
  /** What the client of each of them has sent first. */
  openings(): string[];
  /** Present connections (all, or those meant) go silent: nothing passes any more, and neither side is told. Later ones work. */
  freeze(isMeant?: ConnectionFilter): number;
  /** Connections from now on are accepted and never answered, until `thaw`. */
  freezeNew(): void;
  /** Later connections work again; frozen ones stay dead. */
  thaw(): void;
  /** Closes what is frozen on both sides, as systems do at last with what never answers. */
  bury(): void;
  /** Cuts the present connections, as a router that resets them. */
  reset(isMeant?: ConnectionFilter): number;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  opening: string;
}

const everybody: ConnectionFilter = () => true;

/** A TCP proxy on loopback whose connections can die without a word, as behind a firewall that forgets them. */
export async function startHalfOpenProxy(
  target: { readonly host?: string; readonly port: number },
  listenPort = 0,
): Promise<HalfOpenProxy> {
  const sockets = new Set<Socket>();
  const pairs = new Set<Pair>();
  const dead = new Set<Socket>();
  let frozen = false;
  let connectionCount = 0;

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      dead.delete(socket);
    });
  }

  const server = createServer((client) => {
    connectionCount += 1;
    track(client);
    if (frozen) {
      dead.add(client);
      return;
    }
    const upstream = connect(target.port, target.host ?? '127.0.0.1');
    track(upstream);
    const pair: Pair = { client, upstream, opening: '' };
    pairs.add(pair);
    client.once('data', (bytes) => (pair.opening = bytes.toString('latin1')));
    client.pipe(upstream);
    upstream.pipe(client);
    for (const [one, other] of [[client, upstream] as const, [upstream, client] as const]) {
      one.once('close', () => {
        if (pairs.delete(pair)) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(listenPort, '127.0.0.1', resolve));

  function meant(isMeant: ConnectionFilter): Pair[] {
    return [...pairs].filter(({ opening }) => isMeant(opening));
  }

  return {
    port: (server.address() as AddressInfo).port,
    get connectionCount() {
      return connectionCount;
    },
    get liveCount() {
      return pairs.size;
    },
    openings: () => [...pairs].map(({ opening }) => opening),
    freeze(isMeant = everybody) {
      const silent = meant(isMeant);
      for (const pair of silent) {
        const { client, upstream } = pair;
        client.unpipe(upstream);
        upstream.unpipe(client);
        client.pause();
        upstream.pause();
        pairs.delete(pair);
        dead.add(client).add(upstream);
      }
      return silent.length;
    },
    freezeNew() {
      frozen = true;
    },
    thaw() {
      frozen = false;
    },
    bury() {
      for (const socket of dead) socket.destroy();
    },
    reset(isMeant = everybody) {
      const cut = meant(isMeant);
      for (const { client, upstream } of cut) {
        client.resetAndDestroy();
        upstream.destroy();
      }
      return cut.length;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
