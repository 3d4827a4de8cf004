import { describe, expect, it } from 'vitest';
import { createValidator } from '../schema/create-validator.js';
import {
  AttendancePolicyRules,
  defaultAttendancePolicyRules,
  resolveAttendancePolicyRules,
} from './attendance-policy.js';
import { resolveSystemConfig } from './resolve-system-config.js';
import { defaultSystemConfig, SystemConfig } from './system-config.js';

describe('defaults', () => {
  it('fit their own schemas', () => {
    expect(createValidator(SystemConfig)(defaultSystemConfig)).toMatchObject({ ok: true });
    expect(createValidator(AttendancePolicyRules)(defaultAttendancePolicyRules)).toMatchObject({ ok: true });
  });
});

describe('resolveSystemConfig', () => {
  it.each([null, undefined, {}, 'rubbish'])('gives the defaults for %j', (body) => {
    expect(resolveSystemConfig(body)).toEqual(defaultSystemConfig);
  });

  it('replaces one nested value and keeps its neighbours', () => {
    const resolved = resolveSystemConfig({ recognition: { quality: { min_blur: 5 } } });
    expect(resolved.recognition.quality).toEqual({ ...defaultSystemConfig.recognition.quality, min_blur: 5 });
    expect(resolved.recognition.match_threshold).toBe(defaultSystemConfig.recognition.match_threshold);
  });

  it('leaves out what it does not know', () => {
    expect(resolveSystemConfig({ retired: 1, images: { retired: 2 } })).toEqual(defaultSystemConfig);
  });

  it('leaves the defaults as they were', () => {
    const before = structuredClone(defaultSystemConfig);
    resolveSystemConfig({ images: { max_bytes: 20_000 } });
    expect(defaultSystemConfig).toEqual(before);
  });
});

describe('resolveAttendancePolicyRules', () => {
  it('puts a stored version over the defaults', () => {
    expect(resolveAttendancePolicyRules({ timezone: 'Asia/Kolkata' })).toEqual({
      ...defaultAttendancePolicyRules,
      timezone: 'Asia/Kolkata',
    });
  });
});
