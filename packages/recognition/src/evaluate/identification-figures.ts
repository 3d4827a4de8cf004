import type { AnalyzedFace } from '../analysis.js';
import { decideMatch, type MatchOutcome } from '../decide-match.js';
import type { RecognitionPolicy } from '../policy.js';

/** Decisions by outcome; `wrong` are matches with another person. */
export type Outcomes = Record<MatchOutcome | 'wrong', number>;

export interface IdentificationFigures {
  readonly gallery: number;
  readonly known: Outcomes;
  readonly strangers: Outcomes;
}

const probesPerPerson = 3;

/**
 * Open-set identification by the policy's own decision: people with several images are enrolled from the first of them
 * and looked for with up to three others; people with one image are strangers. `faces` by image name, `NAME_0001`.
 */
export function identificationFigures(
  faces: ReadonlyMap<string, AnalyzedFace>,
  policy: RecognitionPolicy,
): IdentificationFigures {
  const people = new Map<string, AnalyzedFace[]>();
  for (const [image, face] of [...faces].toSorted(byName)) {
    const userId = image.replace(/_\d+$/, '');
    people.set(userId, [...(people.get(userId) ?? []), face]);
  }
  const gallery: { userId: string; face: AnalyzedFace }[] = [];
  const known: { userId: string; face: AnalyzedFace }[] = [];
  const strangers: AnalyzedFace[] = [];
  for (const [userId, images] of people) {
    const [first, ...others] = images;
    if (first === undefined) continue;
    if (others.length === 0) strangers.push(first);
    else gallery.push({ userId, face: first });
    known.push(...others.slice(0, probesPerPerson).map((face) => ({ userId, face })));
  }
  const decide = (face: AnalyzedFace) =>
    decideMatch({
      candidates: gallery.map((entry) => ({
        userId: entry.userId,
        faceId: entry.userId,
        similarity: similarityOf(entry.face.embedding, face.embedding),
      })),
      quality: face.quality,
      liveness: face.liveness,
      policy,
    });
  return {
    gallery: gallery.length,
    known: countOutcomes(
      known.map(({ userId, face }) => {
        const { decision, ...found } = decide(face);
        return decision === 'match' && found.userId !== userId ? 'wrong' : decision;
      }),
    ),
    strangers: countOutcomes(strangers.map((face) => decide(face).decision)),
  };
}

export function similarityOf(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

function countOutcomes(outcomes: readonly (keyof Outcomes)[]): Outcomes {
  const counts: Outcomes = { match: 0, review: 0, unknown: 0, rejected: 0, wrong: 0 };
  for (const outcome of outcomes) counts[outcome] += 1;
  return counts;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
