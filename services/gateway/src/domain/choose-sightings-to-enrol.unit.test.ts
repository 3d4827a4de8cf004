import { defaultSystemConfig } from '@rollcall/contracts';
import { describe, expect, it } from 'vitest';
import { chooseSightingsToEnrol, type EnrollableSighting } from './choose-sightings-to-enrol.js';

const limits = defaultSystemConfig.enrolment.quality;
const good = { blur: 200, size: 120, yaw: 0, pitch: 0, roll: 0 };

const sighting = (reviewId: string, given: Partial<EnrollableSighting> = {}): EnrollableSighting => ({
  ...{ reviewId, quality: good, livenessVerdict: 'live', cropKey: `crop of ${reviewId}` },
  ...given,
});
const chosen = (...sightings: EnrollableSighting[]) =>
  chooseSightingsToEnrol(sightings, limits).map(({ reviewId }) => reviewId);

describe('chooseSightingsToEnrol', () => {
  it('takes the three best of the good ones, the best first', () => {
    const sized = (size: number) => sighting(`${size}`, { quality: { ...good, size } });
    expect(chosen(sized(70), sized(150), sized(90), sized(100))).toEqual(['150', '100', '90']);
  });

  it('takes one that is not as good as a photo must be only when there is nothing better', () => {
    const poor = sighting('poor', { quality: { ...good, size: 30 } });
    const worse = sighting('worse', { quality: { ...good, size: 25 } });
    expect(chosen(worse, poor)).toEqual(['poor']);
    expect(chosen(poor, sighting('good'))).toEqual(['good']);
  });

  it('prefers a live face to a picture of one', () => {
    const spoof = sighting('spoof', { livenessVerdict: 'spoof' });
    const poor = sighting('poor', { quality: { ...good, size: 30 } });
    expect(chosen(spoof, poor)).toEqual(['poor']);
    expect(chosen(spoof)).toEqual(['spoof']);
  });

  it('leaves out what cannot be shown', () => {
    expect(chosen(sighting('bare', { cropKey: null }))).toEqual([]);
    expect(chosen()).toEqual([]);
  });
});
