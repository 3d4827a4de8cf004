import {
  type operations,
  resolveSystemConfig,
  type SystemConfigOut,
  type SystemConfigOverrides,
} from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { ringOrganizations } from '../../../data-access/ring-organizations.js';
import { loadStoredSettings, writeSettings, type StoredSettings } from '../../../data-access/system-configs.js';
import { changedSettings, contradictionsIn, pointersOf } from '../../../domain/settings-change.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { settingsOut } from './settings-out.js';

export interface ChangeSettingsPorts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly forget: () => void;
}

type SettingsCall = Pick<
  Call<typeof operations.updateSystemConfig>,
  'principal' | 'requestId' | 'correlationId' | 'address' | 'headers'
>;

export interface SettingsRequest {
  /** The version the caller has read; null: whatever there is. */
  readonly version: number | null;
  /** What the call names: where problems are told. */
  readonly sent: unknown;
  readonly decide: (present: SystemConfigOverrides) => SystemConfigOverrides;
}

/** Somebody else wrote at the same moment: a caller who named no version does not care, and it is decided anew. */
const ATTEMPTS = 3;

/** Changes the settings of the caller's organization, each change a version. */
export async function changeSettings(
  { pool, clock, forget }: ChangeSettingsPorts,
  call: SettingsCall,
  request: SettingsRequest,
): Promise<SystemConfigOut> {
  const { organizationId } = call.principal;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const outcome = await withOrganization(pool, organizationId, async (client) => {
      const present = await loadStoredSettings(client, organizationId);
      if (request.version !== null && request.version !== present.version) throw new AppError('PRECONDITION_FAILED');
      const body = request.decide(present.body);
      refuseContradictions(body, request.sent);
      // Who named the version sees by it that nothing differed; who did not gets a version, and a line in the trail.
      if (request.version !== null && isSame(body, present.body)) return settingsOut(present);
      const now = clock.now();
      const write = { organizationId, body, from: present.version, updatedBy: call.principal.userId, now };
      if (!(await writeSettings(client, write))) return undefined;
      const stored = { body, version: present.version + 1, updatedBy: call.principal.userId, updatedAt: now };
      await tell(client, call, present, stored);
      return settingsOut(stored);
    });
    if (outcome === undefined && request.version !== null) throw new AppError('PRECONDITION_FAILED');
    if (outcome === undefined) continue;
    forget();
    return outcome;
  }
  throw new AppError('PRECONDITION_FAILED');
}

function isSame(one: SystemConfigOverrides, other: SystemConfigOverrides): boolean {
  const values = (body: SystemConfigOverrides) => JSON.stringify([...pointersOf(body)].sort());
  return values(one) === values(other);
}

function refuseContradictions(body: SystemConfigOverrides, sent: unknown): void {
  const errors = contradictionsIn(resolveSystemConfig(body), new Set(pointersOf(sent).keys()));
  if (errors.length > 0) throw new AppError('VALIDATION_FAILED', { errors });
}

async function tell(
  client: ClientBase,
  call: SettingsCall,
  before: StoredSettings,
  after: StoredSettings & { readonly updatedAt: Date },
): Promise<void> {
  const { organizationId, actor } = call.principal;
  const [old, current] = [resolveSystemConfig(before.body), resolveSystemConfig(after.body)];
  const changed = changedSettings(old, current);
  const event = newEvent<'system_config.changed'>({
    type: 'system_config.changed',
    organizationId,
    subject: `organizations/${organizationId}`,
    actor,
    correlationId: call.correlationId,
    payload: { version: after.version, changed },
    occurredAt: after.updatedAt,
  });
  const only = (values: ReadonlyMap<string, unknown>) =>
    Object.fromEntries(changed.map((pointer) => [pointer, values.get(pointer)]));
  await appendAudited(client, event, {
    ...auditContext(call),
    before: only(pointersOf(old)),
    after: only(pointersOf(current)),
  });
  await ringOrganizations(client);
}
