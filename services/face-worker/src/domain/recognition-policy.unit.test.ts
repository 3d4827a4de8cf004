import { describe, expect, it } from 'vitest';
import { defaultEnrolmentLimits, defaultRecognitionPolicy } from '@rollcall/recognition';
import { organizationPolicy } from './recognition-policy.js';

describe('organizationPolicy', () => {
  it('is the recognition package’s own for an organization that has set nothing', () => {
    const policy = organizationPolicy(null, undefined);
    expect(policy.recognition).toEqual(defaultRecognitionPolicy);
    expect(policy.enrolment).toEqual(defaultEnrolmentLimits);
    expect(policy.minGoodImages).toBe(3);
  });

  it('takes what an admin has set', () => {
    const policy = organizationPolicy({ recognition: { match_threshold: 0.6, quality: { min_size: 80 } } }, 0.5);
    expect(policy.recognition.matchThreshold).toBe(0.6);
    expect(policy.recognition.quality.minSize).toBe(80);
  });

  it('falls back to the installation’s threshold', () => {
    expect(organizationPolicy({ recognition: { min_margin: 0.2 } }, 0.5).recognition.matchThreshold).toBe(0.5);
    expect(organizationPolicy({}, 0.5).recognition.reviewThreshold).toBe(defaultRecognitionPolicy.reviewThreshold);
  });

  it('never sends to review what would match', () => {
    expect(organizationPolicy(null, 0.3).recognition).toMatchObject({ matchThreshold: 0.3, reviewThreshold: 0.3 });
  });
});
