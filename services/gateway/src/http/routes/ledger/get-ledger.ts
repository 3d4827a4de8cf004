import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { loadLedger } from '../../../data-access/ledger.js';
import type { OrganizationSettings } from '../../../data-access/organization-settings.js';
import { toLedgerOut } from '../../../domain/ledger-out.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

const DAY_MS = 86_400_000;
/** More is asked for day by day: one count must stay short. */
const LONGEST_SPAN_MS = 31 * DAY_MS;

export interface LedgerPorts {
  readonly pool: Pool;
  readonly settings: OrganizationSettings;
  readonly clock: Clock;
}

export function getLedgerRoute({ pool, settings, clock }: LedgerPorts): Route {
  return defineRoute(operations.getLedger, async ({ principal: { organizationId }, query }) => {
    const to = query.to === undefined ? clock.now() : new Date(query.to);
    const from = query.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(query.from);
    const length = to.getTime() - from.getTime();
    if (length <= 0 || length > LONGEST_SPAN_MS) {
      const message = length <= 0 ? 'is not before `to`' : 'is more than 31 days before `to`';
      throw new AppError('VALIDATION_FAILED', { errors: [{ path: '/query/from', code: 'SPAN', message }] });
    }
    const { processing } = await settings.of(organizationId);
    const row = await withOrganization(pool, organizationId, (client) =>
      loadLedger(client, organizationId, { from, to }),
    );
    return reply(
      200,
      'LEDGER',
      'What became of what was taken in.',
      toLedgerOut(row, { from, to }, processing.max_gap_seconds),
    );
  });
}
