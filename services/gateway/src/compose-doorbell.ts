import { createDoorbell, type Doorbell } from '@rollcall/postgres';
import type { Logger } from '@rollcall/service-kit';

export interface DoorbellParts {
  readonly databaseUrl: string;
  readonly enabled: boolean;
  readonly logger: Logger;
  /** New events: results and feeds look for theirs. */
  readonly onEvents: () => void;
  /** Accounts, devices or settings were changed by any gateway. */
  readonly onOrganizations: () => void;
}

/** Which ring wakes what. */
export function composeDoorbell({ databaseUrl, enabled, logger, ...parts }: DoorbellParts): Doorbell {
  return createDoorbell({
    connectionString: databaseUrl,
    channels: ['rollcall_events', 'rollcall_organizations'],
    enabled,
    logger,
    onRing: (channel) => {
      if (channel === 'rollcall_organizations') parts.onOrganizations();
      else parts.onEvents();
    },
  });
}
