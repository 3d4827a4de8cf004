import { verifyTrails } from '@rollcall/audit-trail';
import type { Pool } from '@rollcall/postgres';
import { finding, type Finding } from './finding.js';

/** Walks the hash chains of the audit trail, as `npm run verify-audit` does. */
export async function checkTrail(looking: Pool): Promise<Finding> {
  const reports = await verifyTrails(looking);
  const wrong = reports.flatMap(({ organizationId, problem }) =>
    problem === null ? [] : [`trail of ${organizationId}: ${problem.kind} at line ${problem.sequence}`],
  );
  return finding(`trail ${reports.reduce((sum, { lines }) => sum + lines, 0)} lines`, { wrong });
}
