import type { SystemConfig } from '@rollcall/contracts';

/** A sighting that somebody may be enrolled from. */
export interface EnrollableSighting {
  readonly reviewId: string;
  readonly quality: {
    readonly blur?: number;
    readonly size?: number;
    readonly yaw?: number;
    readonly pitch?: number;
    readonly roll?: number;
  };
  readonly livenessVerdict: 'live' | 'spoof' | 'unknown';
  readonly cropKey: string | null;
}

type QualityLimits = SystemConfig['enrolment']['quality'];

/** More pictures of one scene add little. */
const MOST = 3;

/**
 * Which sightings a person is enrolled from: the best one whatever it is like, since an operator has said who it is, and
 * up to two more that are as good as a photo must be. What is enrolled is compared with for months. Those without a
 * picture are left out: an enrolled face is one that can be shown.
 *
 * @returns the best first.
 */
export function chooseSightingsToEnrol(
  sightings: readonly EnrollableSighting[],
  limits: QualityLimits,
): (EnrollableSighting & { readonly cropKey: string })[] {
  const ranked = sightings
    .flatMap((sighting) => (sighting.cropKey === null ? [] : [{ ...sighting, cropKey: sighting.cropKey }]))
    .map((sighting) => ({ sighting, fit: isFit(sighting, limits), score: score(sighting) }))
    .toSorted((a, b) => Number(b.fit) - Number(a.fit) || b.score - a.score);
  return ranked.filter(({ fit }, place) => place === 0 || (fit && place < MOST)).map(({ sighting }) => sighting);
}

function isFit({ quality, livenessVerdict }: EnrollableSighting, limits: QualityLimits): boolean {
  const { blur = 0, size = 0, yaw = 0, pitch = 0, roll = 0 } = quality;
  return (
    livenessVerdict !== 'spoof' &&
    blur >= limits.min_blur &&
    size >= limits.min_size &&
    Math.abs(yaw) <= limits.max_yaw &&
    Math.abs(pitch) <= limits.max_pitch &&
    Math.abs(roll) <= limits.max_roll
  );
}

/** Large, sharp and frontal; a picture of a picture last. */
function score({ quality, livenessVerdict }: EnrollableSighting): number {
  const { blur = 0, size = 0, yaw = 0, pitch = 0 } = quality;
  const frontal = Math.cos((yaw * Math.PI) / 180) * Math.cos((pitch * Math.PI) / 180);
  return Math.min(size, 160) * Math.min(blur, 100) * frontal - (livenessVerdict === 'spoof' ? 100_000 : 0);
}
