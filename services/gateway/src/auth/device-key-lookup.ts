import { AppError } from '@rollcall/service-kit';
import { LRUCache } from 'lru-cache';
import type { DeviceByKey } from '../data-access/device-keys.js';
import type { UnknownKeyThrottle } from './unknown-key-throttle.js';

/** Finds the device of a key in the database. */
export type FindDevice = (hash: Buffer) => Promise<DeviceByKey | undefined>;

export interface DeviceKeyLookupOptions {
  /** For keys that were good before: over the connections that frames have to themselves. */
  readonly findKnown: FindDevice;
  /** For all others, which anybody may make up: over connections that no frame waits for. */
  readonly findUnknown: FindDevice;
  readonly throttle: UnknownKeyThrottle;
  /** How long an answer is believed, ms. */
  readonly ttlMs: number;
}

export interface DeviceKeyLookup {
  /**
   * The device of a key; undefined when nobody has such a key.
   *
   * @throws TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE for keys not seen before, when too many of them come
   */
  of(hash: Buffer, address: string): Promise<DeviceByKey | undefined>;
  /** Everything is looked up anew. What is just being looked up is not remembered: it may have been read before the change. */
  forget(): void;
}

/** Good keys remembered, and keys that nobody has: apart, so that made-up ones push no real one out. */
const MOST_GOOD = 10_000;
const MOST_UNKNOWN = 1_000;
/** Keys not seen before that are looked up, or wait for it, at once: from many addresses there may be any number. */
const MOST_UNDER_WAY = 400;

/** Remembers whose device keys are. Keys that were good once are looked up whatever anybody else tries. */
export function createDeviceKeyLookup(options: DeviceKeyLookupOptions): DeviceKeyLookup {
  const { findKnown, findUnknown, throttle, ttlMs } = options;
  const good = new LRUCache<string, DeviceByKey>({ max: MOST_GOOD, ttl: ttlMs });
  const proven = new LRUCache<string, true>({ max: MOST_GOOD });
  const unknown = new LRUCache<string, true>({ max: MOST_UNKNOWN, ttl: ttlMs });
  /** Many callers with one key share one look-up. */
  let underWay = new Map<string, Promise<DeviceByKey | undefined>>();
  let waiting = 0;

  function look(key: string, load: () => Promise<DeviceByKey | undefined>): Promise<DeviceByKey | undefined> {
    const mine = underWay;
    const loading = load()
      .then((device) => {
        if (device === undefined) proven.delete(key);
        else proven.set(key, true);
        if (mine !== underWay) return device;
        if (device === undefined) unknown.set(key, true);
        else good.set(key, device);
        return device;
      })
      .finally(() => mine.delete(key));
    mine.set(key, loading);
    return loading;
  }

  async function findStranger(hash: Buffer, address: string): Promise<DeviceByKey | undefined> {
    const retryAfterSeconds = throttle.attempt(address);
    if (retryAfterSeconds > 0) throw new AppError('TOO_MANY_REQUESTS', { retryAfterSeconds });
    if (waiting >= MOST_UNDER_WAY) throw new AppError('SERVICE_UNAVAILABLE', { retryAfterSeconds: 1 });
    waiting += 1;
    try {
      const device = await findUnknown(hash);
      if (device !== undefined) throttle.succeeded(address);
      return device;
    } finally {
      waiting -= 1;
    }
  }

  return {
    async of(hash, address) {
      const key = hash.toString('base64');
      const known = good.get(key);
      if (known !== undefined || unknown.has(key)) return known;
      const load = () => (proven.has(key) ? findKnown(hash) : findStranger(hash, address));
      return underWay.get(key) ?? look(key, load);
    },
    forget() {
      good.clear();
      unknown.clear();
      underWay = new Map();
    },
  };
}
