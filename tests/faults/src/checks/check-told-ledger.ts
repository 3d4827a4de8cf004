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
 * and projected; every enrolment too, and there are no fewer than were answered; and no event passed over.
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
      const [frames, people] = [equation(ledger.recognitions), equation(ledger.registrations)];
      const framesAgree = frames.agrees && ledger.recognitions.accepted === figures.accepted.size;
      const peopleAgree = people.agrees && ledger.registrations.accepted >= figures.enrolments;
      const text = `ledger ${frames.text}, enrolments ${people.text}`;
      if (framesAgree && peopleAgree && ledger.events_skipped === 0) return finding(text);
      if (performance.now() - startedAt > LIMIT_MS) {
        const told = `clients were told of ${figures.accepted.size} frames and ${figures.enrolments} enrolments`;
        return finding(text, { wrong: [`${text}; ${told}; events skipped ${ledger.events_skipped}`] });
      }
      await sleep(EVERY_MS);
    }
  };
}

interface Account {
  readonly accepted: number;
  readonly decided: number;
  readonly projected: number;
}

function equation({ accepted, decided, projected }: Account) {
  return { agrees: accepted === decided && decided === projected, text: `${accepted} = ${decided} = ${projected}` };
}
