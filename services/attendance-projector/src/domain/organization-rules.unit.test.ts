import { describe, expect, it } from 'vitest';
import type { PolicyVersion } from './attendance.js';
import { organizationId, rules } from './example-events.test.js';
import { dateCapture, policyInForce } from './organization-rules.js';

const [first] = rules().policies as [PolicyVersion];
const knownAt = new Date('2025-06-01T00:00:00Z');

function version(number: number, validFrom: string, createdAt: string): PolicyVersion {
  return { ...first, id: `v${number}`, version: number, validFrom, createdAt: new Date(createdAt) };
}

describe('the policy in force', () => {
  const policies = [
    first,
    version(2, '2025-03-01', '2025-02-01T00:00:00Z'),
    version(3, '2025-03-01', '2025-02-02T00:00:00Z'),
    version(4, '2025-05-01', '2025-02-03T00:00:00Z'),
    version(5, '2025-01-01', '2025-07-01T00:00:00Z'),
  ];
  const idOn = (date: string, at = knownAt) => policyInForce({ organizationId, policies }, date, at).id;

  it('is the one that became valid last, of two from one day the later version', () => {
    expect([idOn('2025-02-28'), idOn('2025-03-01'), idOn('2025-04-30'), idOn('2025-05-01')]).toEqual([
      first.id,
      'v3',
      'v3',
      'v4',
    ]);
  });

  it('is not one that was written later, so that a replay decides as the first time', () => {
    expect(idOn('2025-02-01')).toBe(first.id);
    expect(idOn('2025-02-01', new Date('2025-07-02T00:00:00Z'))).toBe('v5');
  });

  it('must be there', () => {
    expect(() => policyInForce({ organizationId, policies: [] }, '2025-03-01', knownAt)).toThrow(RangeError);
  });
});

describe('the work date of a capture', () => {
  it.each([
    ['UTC', '2025-03-03T03:59:59Z', '2025-03-02'],
    ['UTC', '2025-03-03T04:00:00Z', '2025-03-03'],
    ['Asia/Kolkata', '2025-03-02T22:30:00Z', '2025-03-03'],
    ['Asia/Kolkata', '2025-03-02T22:29:59Z', '2025-03-02'],
    ['America/Los_Angeles', '2025-03-04T11:59:59Z', '2025-03-03'],
  ])('in %s at %s is %s', (timezone, at, workDate) => {
    expect(dateCapture(rules({ timezone }), new Date(at), knownAt).workDate).toBe(workDate);
  });
});
