import { LRUCache } from 'lru-cache';

/** Values of the database that are believed for a few seconds; many callers at once share one look-up. */
export interface Remembered<Value> {
  of(key: string, load: () => Promise<Value>): Promise<Value>;
  /** Everything is looked up anew. What is just being looked up is not remembered: it may have been read before the change. */
  forget(): void;
}

export function createRemembered<Value>(options: { readonly max: number; readonly ttlMs: number }): Remembered<Value> {
  const cache = new LRUCache<string, Promise<Value>>({ max: options.max, ttl: options.ttlMs });
  return {
    of(key, load) {
      const known = cache.get(key);
      if (known !== undefined) return known;
      const loading = load();
      cache.set(key, loading);
      // A failure is not remembered.
      loading.catch(() => {
        if (cache.peek(key) === loading) cache.delete(key);
      });
      return loading;
    },
    forget: () => cache.clear(),
  };
}
