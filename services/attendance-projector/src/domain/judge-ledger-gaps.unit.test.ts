import { describe, expect, it } from 'vitest';
import { judgeLedgerGaps } from './judge-ledger-gaps.js';

const now = new Date('2025-03-03T09:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const waiting = { organizationId: 'o', undecidedSince: null, unprojectedSince: null, limitSeconds: 60 };

describe('judgeLedgerGaps', () => {
  it('finds nothing where nothing waits, or nothing for longer than the limit', () => {
    expect(judgeLedgerGaps([waiting, { ...waiting, undecidedSince: ago(60), unprojectedSince: ago(1) }], now)).toEqual(
      [],
    );
  });

  it('tells the two stages apart, each by the limit of its organization', () => {
    const late = { ...waiting, undecidedSince: ago(61), unprojectedSince: ago(61) };
    const patient = { ...late, organizationId: 'p', limitSeconds: 900 };
    const gap = { organizationId: 'o', since: ago(61), limitSeconds: 60 };
    expect(judgeLedgerGaps([late, patient], now)).toEqual([
      { ...gap, stage: 'decision' },
      { ...gap, stage: 'projection' },
    ]);
  });
});
