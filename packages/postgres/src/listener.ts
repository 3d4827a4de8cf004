import { Socket } from 'node:net';
import pgListen from 'pg-listen';

export interface ListenerOptions {
  readonly connectionString: string;
  readonly channels: readonly string[];
  readonly connectTimeoutMs: number;
  /** Every channel is listened on, after the first connect and after each further one. */
  readonly onListening: () => void;
  readonly onNotification: (channel: string) => void;
  /** The connection was lost or refused; another attempt is under way. */
  readonly onFailure: (error: Error) => void;
  /** It gave up and does nothing more: destroy it and open another. */
  readonly onDead: (error: unknown) => void;
}

export interface Listener {
  notify(channel: string): Promise<unknown>;
  /** Ends the session in order. */
  close(): Promise<void>;
  /** Drops the socket at once, without a word to the server: for a connection that no longer answers. */
  destroy(): void;
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5_000;

/** Growing pauses with full jitter in the upper half, so that many listeners do not come back in step. */
export function retryPause(attempt: number, random: () => number): number {
  const ceiling = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt, 10), LONGEST_RETRY_MS);
  return ceiling * (0.5 + 0.5 * random());
}

/** One pg-listen subscriber with what it lacks: a socket that can be dropped, and an end to its retries. */
export function openListener(options: ListenerOptions): Listener {
  const sockets = new Set<Socket>();
  let destroyed = false;

  function openSocket(): Socket {
    // pg-listen checks its closing flag only when a connection ends, never while it retries: refused here, it stops.
    if (destroyed) throw new Error('the listener was closed');
    const socket = new Socket();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  }

  const subscriber = pgListen.default(
    {
      connectionString: options.connectionString,
      connectionTimeoutMillis: options.connectTimeoutMs,
      application_name: 'rollcall-doorbell',
      stream: openSocket,
    },
    {
      native: false,
      paranoidChecking: false,
      retryLimit: Number.POSITIVE_INFINITY,
      retryTimeout: Number.POSITIVE_INFINITY,
      retryInterval: (attempt) => {
        if (destroyed) throw new Error('the listener was closed');
        return retryPause(attempt, Math.random);
      },
      parse: (payload) => payload,
    },
  );

  async function listen(): Promise<void> {
    try {
      await Promise.all(options.channels.map(async (channel) => subscriber.listenTo(channel)));
      if (!destroyed) options.onListening();
    } catch (error) {
      // pg-listen counts the channel as subscribed although LISTEN failed: this subscriber cannot be trusted any more.
      if (!destroyed) options.onDead(error);
    }
  }

  subscriber.events.on('connected', () => void listen());
  subscriber.events.on('reconnect', (attempt) => {
    if (!destroyed) options.onFailure(new Error(`connection lost or refused, attempt ${attempt}`));
  });
  subscriber.events.on('error', (error) => {
    if (!destroyed) options.onDead(error);
  });
  subscriber.events.on('notification', ({ channel }) => {
    if (!destroyed) options.onNotification(channel);
  });
  // A refused first connect is not the end: pg-listen goes on trying by itself as soon as the socket closes.
  subscriber.connect().catch(() => undefined);

  return {
    notify: (channel) => subscriber.notify(channel),
    async close() {
      destroyed = true;
      const ended = subscriber.close().catch(() => undefined);
      const dropped = new Promise((resolve) => setTimeout(resolve, 1_000).unref());
      await Promise.race([ended, dropped]);
      for (const socket of sockets) socket.destroy();
    },
    destroy() {
      destroyed = true;
      subscriber.close().catch(() => undefined);
      for (const socket of sockets) socket.destroy();
    },
  };
}
