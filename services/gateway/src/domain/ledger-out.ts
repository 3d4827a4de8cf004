import { ledgerEndings, type LedgerOut } from '@rollcall/contracts';

/** What `ledger_figures` counts of one kind of request. */
export interface LedgerAccount {
  readonly accepted: number;
  readonly decided: number;
  readonly projected: number;
  readonly endings: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
  readonly undecided_since: string | null;
  readonly unprojected_since: string | null;
}

export interface LedgerFigures {
  readonly recognition?: LedgerAccount;
  readonly registration?: LedgerAccount;
  readonly upload?: LedgerAccount;
  readonly skipped: number;
}

/** Figures of a span and the oldest gap of now, of one snapshot. Seconds are null when nothing waits. */
export interface LedgerRow {
  readonly figures: LedgerFigures;
  readonly countedAt: Date;
  readonly undecidedSeconds: number | null;
  readonly unprojectedSeconds: number | null;
}

const NOTHING: LedgerAccount = {
  ...{ accepted: 0, decided: 0, projected: 0, endings: {}, reasons: {} },
  ...{ undecided_since: null, unprojected_since: null },
};

/** The ledger as it is told: every ending has its figure, also where it is zero. Pure. */
export function toLedgerOut(
  row: LedgerRow,
  span: { readonly from: Date; readonly to: Date },
  limitSeconds: number,
): LedgerOut {
  const { figures, undecidedSeconds, unprojectedSeconds } = row;
  const oldest = Math.max(undecidedSeconds ?? 0, unprojectedSeconds ?? 0);
  return {
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    counted_at: row.countedAt.toISOString(),
    recognitions: accountOf(figures.recognition, ledgerEndings.recognitions),
    registrations: accountOf(figures.registration, ledgerEndings.registrations),
    uploads: accountOf(figures.upload, ledgerEndings.uploads),
    events_skipped: figures.skipped,
    oldest_gap: {
      undecided_seconds: undecidedSeconds,
      unprojected_seconds: unprojectedSeconds,
      limit_seconds: limitSeconds,
      over_limit: oldest > limitSeconds,
    },
  };
}

function accountOf(given: LedgerAccount | undefined, endings: readonly string[]): LedgerOut['recognitions'] {
  const { accepted, decided, projected, reasons, ...account } = given ?? NOTHING;
  return {
    accepted,
    decided,
    decided_as: Object.fromEntries(endings.map((ending) => [ending, account.endings[ending] ?? 0])),
    failed_because: { ...reasons },
    projected,
    gap: {
      undecided: accepted - decided,
      unprojected: decided - projected,
      undecided_since: toIso(account.undecided_since),
      unprojected_since: toIso(account.unprojected_since),
    },
  };
}

function toIso(time: string | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
