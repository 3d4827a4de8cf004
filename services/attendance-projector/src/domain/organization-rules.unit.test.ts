import { describe, expect, it } from 'vitest';
import { rules } from './example-events.test.js';
import { dateCapture } from './organization-rules.js';

describe('the work date of a capture', () => {
  it.each([
    ['UTC', '2025-03-03T03:59:59Z', '2025-03-02'],
    ['UTC', '2025-03-03T04:00:00Z', '2025-03-03'],
    ['Asia/Kolkata', '2025-03-02T22:30:00Z', '2025-03-03'],
    ['Asia/Kolkata', '2025-03-02T22:29:59Z', '2025-03-02'],
    ['America/Los_Angeles', '2025-03-04T11:59:59Z', '2025-03-03'],
  ])('in %s at %s is %s', (timezone, at, workDate) => {
    expect(dateCapture(rules({ timezone }), new Date(at), { epoch: 1, xid: '5' }).workDate).toBe(workDate);
  });
});
