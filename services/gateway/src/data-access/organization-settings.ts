import type { SystemConfig } from '@rollcall/contracts';
import { LRUCache } from 'lru-cache';

/** How long a change of the settings may take to reach every gateway, ms. */
const TTL_MS = 5_000;

export interface OrganizationSettings {
  of(organizationId: string): Promise<SystemConfig>;
}

/** The settings of organizations, remembered for a few seconds; many callers at once share one query. */
export function createOrganizationSettings(
  load: (organizationId: string) => Promise<SystemConfig>,
  ttlMs = TTL_MS,
): OrganizationSettings {
  const cache = new LRUCache<string, Promise<SystemConfig>>({ max: 1_000, ttl: ttlMs });
  return {
    of(organizationId) {
      const known = cache.get(organizationId);
      if (known !== undefined) return known;
      const loading = load(organizationId);
      cache.set(organizationId, loading);
      loading.catch(() => {
        if (cache.peek(organizationId) === loading) cache.delete(organizationId);
      });
      return loading;
    },
  };
}
