import type { EventPayload } from '@rollcall/contracts';

export type LedgerStage = EventPayload<'ledger.gap_opened'>['stage'];

/** What waits in an organization: since when the oldest does, null when nothing waits. */
export interface WaitingRequests {
  readonly organizationId: string;
  readonly undecidedSince: Date | null;
  readonly unprojectedSince: Date | null;
  readonly limitSeconds: number;
}

export interface LedgerGap {
  readonly organizationId: string;
  readonly stage: LedgerStage;
  readonly since: Date;
  readonly limitSeconds: number;
}

/** What waits for longer than its organization's limit. Pure. */
export function judgeLedgerGaps(waiting: readonly WaitingRequests[], now: Date): LedgerGap[] {
  return waiting.flatMap(({ organizationId, undecidedSince, unprojectedSince, limitSeconds }) => {
    const stages = [
      ['decision', undecidedSince],
      ['projection', unprojectedSince],
    ] as const;
    return stages.flatMap(([stage, since]) =>
      since !== null && now.getTime() - since.getTime() > limitSeconds * 1_000
        ? [{ organizationId, stage, since, limitSeconds }]
        : [],
    );
  });
}
