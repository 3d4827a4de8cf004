import { describe, expect, it } from 'vitest';
import { defaultEnrolmentLimits, defaultRecognitionPolicy, type ModelThresholds } from '@rollcall/recognition';
import { organizationPolicy } from './recognition-policy.js';

/** Of the default models: those the defaults of the settings were measured with. */
const usual: ModelThresholds = { match: 0.45, review: 0.4, samePerson: 0.35, live: 0.5 };
/** Of models that somebody brought. */
const brought: ModelThresholds = { match: 0.36, review: 0.31, samePerson: 0.28, live: 0.7 };

const policyOf = (body: unknown, confidence?: number, model = usual) => organizationPolicy(body, { model, confidence });

describe('organizationPolicy', () => {
  it('is the recognition package’s own for an organization that has set nothing', () => {
    const policy = policyOf(null);
    expect(policy.recognition).toEqual(defaultRecognitionPolicy);
    expect(policy.enrolment).toEqual(defaultEnrolmentLimits);
    expect(policy).toMatchObject({ minGoodImages: 3, samePersonThreshold: 0.35, groupingThreshold: 0.5 });
  });

  it('takes what an admin has set', () => {
    const policy = policyOf({ recognition: { match_threshold: 0.6, quality: { min_size: 80 } } }, 0.5);
    expect(policy.recognition.matchThreshold).toBe(0.6);
    expect(policy.recognition.quality.minSize).toBe(80);
  });

  it('falls back to the installation’s threshold', () => {
    expect(policyOf({ recognition: { min_margin: 0.2 } }, 0.5).recognition.matchThreshold).toBe(0.5);
    expect(policyOf({}, 0.5).recognition.reviewThreshold).toBe(defaultRecognitionPolicy.reviewThreshold);
  });

  it('never sends to review what would match', () => {
    expect(policyOf(null, 0.3).recognition).toMatchObject({ matchThreshold: 0.3, reviewThreshold: 0.3 });
  });

  it('takes the thresholds measured for the models in use where nobody has set any', () => {
    const policy = policyOf({ recognition: { min_margin: 0.08 } }, undefined, brought);
    expect(policy.recognition).toMatchObject({
      ...{ matchThreshold: 0.36, reviewThreshold: 0.31, livenessThreshold: 0.7, minMargin: 0.08 },
    });
    expect(policy.enrolment.livenessThreshold).toBe(0.7);
    expect(policy.samePersonThreshold).toBe(0.28);
    expect(policy.groupingThreshold).toBeCloseTo(0.44);
  });

  it('prefers the organization’s threshold to the installation’s, and that to the model’s', () => {
    const own = { recognition: { match_threshold: 0.6, review_threshold: 0.5, liveness_threshold: 0.2 } };
    expect(policyOf(own, 0.5, brought).recognition).toMatchObject({
      ...{ matchThreshold: 0.6, reviewThreshold: 0.5, livenessThreshold: 0.2 },
    });
    expect(policyOf({}, 0.5, brought).recognition).toMatchObject({ matchThreshold: 0.5, reviewThreshold: 0.31 });
  });
});
