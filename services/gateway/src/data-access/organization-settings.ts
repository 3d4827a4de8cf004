import type { SystemConfig } from '@rollcall/contracts';
import { createRemembered } from './remembered.js';

/** How long a change of the settings may take to reach a gateway that was not told of it, ms. */
const TTL_MS = 5_000;

export interface OrganizationSettings {
  of(organizationId: string): Promise<SystemConfig>;
  /** They were changed: the next call sees what there is now. */
  forget(): void;
}

/** The settings of organizations, remembered for a few seconds; many callers at once share one query. */
export function createOrganizationSettings(
  load: (organizationId: string) => Promise<SystemConfig>,
  ttlMs = TTL_MS,
): OrganizationSettings {
  const known = createRemembered<SystemConfig>({ max: 1_000, ttlMs });
  return {
    of: (organizationId) => known.of(organizationId, () => load(organizationId)),
    forget: () => known.forget(),
  };
}
