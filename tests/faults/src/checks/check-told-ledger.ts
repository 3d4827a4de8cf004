import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadFigures } from '../load/load-figures.js';
import type { PatientPerson } from '../load/patient-person.js';
import { finding, type Finding } from './finding.js';

const LIMIT_MS = 30_000;
const EVERY_MS = 500;
/** More than a clock jumps: frames are dated by the gateway that took them in. */
const MARGIN_MS = 2 * 3_600_000;

/**
 * What Rollcall itself says of the whole run, `GET /v1/admin/ledger`: as many frames as clients were told of, each decided
 * and projected, and no event passed over.
 */
export function createLedgerCheck(admin: PatientPerson, figures: LoadFigures) {
  const from = new Date(Date.now() - MARGIN_MS).toISOString();
  return async function checkToldLedger(): Promise<Finding> {
    const startedAt = performance.now();
    for (;;) {
      const query = { from, to: new Date(Date.now() + MARGIN_MS).toISOString() };
      const ledger = await admin.call(
        async (rollcall) => (await rollcall.get('/v1/admin/ledger', { params: { query } })).data,
      );
      if (ledger === undefined) return finding('', { wrong: ['the ledger refuses to tell'] });
      const { accepted, decided, projected } = ledger.recognitions;
      const agrees = [accepted, decided, projected].every((count) => count === figures.accepted.size);
      const text = `ledger ${accepted} = ${decided} = ${projected}`;
      if (agrees && ledger.events_skipped === 0) return finding(text);
      if (performance.now() - startedAt > LIMIT_MS) {
        const wrong = [
          `ledger: ${text}, clients were told of ${figures.accepted.size}; events skipped ${ledger.events_skipped}`,
        ];
        return finding(text, { wrong });
      }
      await sleep(EVERY_MS);
    }
  };
}
