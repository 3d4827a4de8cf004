import { Socket } from 'node:net';
import pgListen from 'pg-listen';

export interface ListenerOptions {
  readonly connectionString: string;
  readonly channels: readonly string[];
  readonly connectTimeoutMs: number;
  /** Every channel is listened on. */
  readonly onListening: () => void;
  readonly onNotification: (channel: string) => void;
  /** Called once: it could not connect or lost its connection, and does nothing more. Open another. */
  readonly onDead: (error: unknown) => void;
}

export interface Listener {
  notify(channel: string): Promise<unknown>;
  /** Ends the session in order. */
  close(): Promise<void>;
  /** Drops the socket at once, without a word to the server: for a connection that no longer answers. */
  destroy(): void;
}

const CLOSE_PATIENCE_MS = 1_000;

/**
 * One session of pg-listen, used for its parsing and quoting only. Its own reconnection is not: it gives up when LISTEN
 * fails, misses a connection that breaks while it reconnects, and cannot be stopped while it retries.
 */
export function openListener(options: ListenerOptions): Listener {
  const sockets = new Set<Socket>();
  let over = false;

  /** Everything a new connection needs goes through here: refused, pg-listen cannot come back by itself. */
  function openSocket(): Socket {
    if (over) throw new Error('the listener has ended');
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
      // After its first attempt: by then this listener is over.
      retryInterval: () => {
        throw new Error('the listener has ended');
      },
      parse: (payload) => payload,
    },
  );

  function destroy(): void {
    over = true;
    subscriber.close().catch(() => undefined);
    for (const socket of sockets) socket.destroy();
  }

  function die(error: unknown): void {
    if (over) return;
    destroy();
    options.onDead(error);
  }

  async function listen(): Promise<void> {
    try {
      for (const channel of options.channels) await subscriber.listenTo(channel);
      if (!over) options.onListening();
    } catch (error) {
      die(error);
    }
  }

  subscriber.events.on('connected', () => void listen());
  subscriber.events.on('reconnect', () => die(new Error('the connection was lost')));
  subscriber.events.on('error', die);
  subscriber.events.on('notification', ({ channel }) => {
    if (!over) options.onNotification(channel);
  });
  subscriber.connect().catch(die);

  return {
    notify: (channel) => subscriber.notify(channel),
    destroy,
    async close() {
      over = true;
      const ended = subscriber.close().catch(() => undefined);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, CLOSE_PATIENCE_MS).unref())]);
      for (const socket of sockets) socket.destroy();
    },
  };
}
