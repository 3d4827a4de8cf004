import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaceLiveness, FaceQuality } from './analysis.js';
import { decideMatch, type MatchCandidate, type MatchDecision } from './decide-match.js';
import { defaultRecognitionPolicy, type RecognitionPolicy } from './policy.js';

const policy: RecognitionPolicy = {
  ...defaultRecognitionPolicy,
  matchThreshold: 0.45,
  reviewThreshold: 0.4,
  minMargin: 0.05,
  liveness: 'review',
};
const quality: FaceQuality = { blur: 100, size: 90, yaw: 5, pitch: -5, roll: 0 };
const live: FaceLiveness = { score: 0.9, verdict: 'live' };
const spoof: FaceLiveness = { score: 0.1, verdict: 'spoof' };
const unknown: FaceLiveness = { score: 0, verdict: 'unknown' };

const of = (userId: string, similarity: number, faceId = `${userId}-1`): MatchCandidate => ({
  userId,
  faceId,
  similarity,
});

interface Question {
  candidates?: MatchCandidate[];
  quality?: Partial<FaceQuality>;
  liveness?: FaceLiveness;
  policy?: Partial<RecognitionPolicy>;
  rejected?: Record<string, number>;
}

function decide(question: Question): MatchDecision {
  return decideMatch({
    candidates: question.candidates ?? [of('ada', 0.8)],
    quality: { ...quality, ...question.quality },
    liveness: question.liveness ?? live,
    policy: { ...policy, ...question.policy },
    ...(question.rejected && { rejected: new Map(Object.entries(question.rejected)) }),
  });
}

describe('who it is', () => {
  const cases: [string, Question, Partial<MatchDecision>][] = [
    ['a clear match', {}, { decision: 'match', userId: 'ada', faceId: 'ada-1', similarity: 0.8 }],
    ['exactly the match threshold', { candidates: [of('ada', 0.45)] }, { decision: 'match' }],
    [
      'just below the match threshold',
      { candidates: [of('ada', 0.4499)] },
      { decision: 'review', userId: 'ada', reason: 'BELOW_MATCH_THRESHOLD' },
    ],
    ['exactly the review threshold', { candidates: [of('ada', 0.4)] }, { decision: 'review' }],
    [
      'below the review threshold',
      { candidates: [of('ada', 0.3999)] },
      { decision: 'unknown', similarity: 0.3999, reason: 'BELOW_REVIEW_THRESHOLD' },
    ],
    ['an empty gallery', { candidates: [] }, { decision: 'unknown', reason: 'NO_CANDIDATE' }],
    [
      'two people alike',
      { candidates: [of('ada', 0.6), of('bob', 0.58)] },
      { decision: 'review', userId: 'ada', reason: 'MARGIN_TOO_SMALL' },
    ],
    [
      'two people well apart',
      { candidates: [of('bob', 0.5), of('ada', 0.6)] },
      { decision: 'match', userId: 'ada', runnerUp: of('bob', 0.5) },
    ],
    [
      'several faces of one person',
      { candidates: [of('ada', 0.6, 'a1'), of('ada', 0.59, 'a2'), of('ada', 0.58, 'a3')] },
      { decision: 'match', faceId: 'a1' },
    ],
    [
      'a second person behind faces of the first',
      { candidates: [of('ada', 0.6, 'a1'), of('ada', 0.59, 'a2'), of('bob', 0.57)] },
      { decision: 'review', reason: 'MARGIN_TOO_SMALL', runnerUp: of('bob', 0.57) },
    ],
    ['too small', { quality: { size: 23 } }, { decision: 'rejected', reason: 'FACE_TOO_SMALL' }],
    ['blurred', { quality: { blur: 7 } }, { decision: 'rejected', reason: 'BLURRED' }],
    ['turned left', { quality: { yaw: -46 } }, { decision: 'rejected', reason: 'POSE_TOO_STEEP' }],
    ['turned right', { quality: { yaw: 46 } }, { decision: 'rejected', reason: 'POSE_TOO_STEEP' }],
    ['looking down', { quality: { pitch: 51 } }, { decision: 'rejected', reason: 'POSE_TOO_STEEP' }],
    ['tilted', { quality: { roll: -61 } }, { decision: 'rejected', reason: 'POSE_TOO_STEEP' }],
    [
      'a spoof, enforced',
      { liveness: spoof, policy: { liveness: 'enforce' } },
      { decision: 'rejected', reason: 'LIVENESS_FAILED' },
    ],
    ['a spoof, reviewed', { liveness: spoof }, { decision: 'review', userId: 'ada', reason: 'LIVENESS_FAILED' }],
    ['a spoof, observed', { liveness: spoof, policy: { liveness: 'observe' } }, { decision: 'match' }],
    ['a spoof, off', { liveness: spoof, policy: { liveness: 'off' } }, { decision: 'match' }],
    ['a spoof nobody knows, reviewed', { liveness: spoof, candidates: [of('ada', 0.1)] }, { decision: 'unknown' }],
    ['liveness not run, enforced', { liveness: unknown, policy: { liveness: 'enforce' } }, { decision: 'rejected' }],
    ['liveness not run, reviewed', { liveness: unknown }, { decision: 'review', reason: 'LIVENESS_FAILED' }],
    ['liveness not run, off', { liveness: unknown, policy: { liveness: 'off' } }, { decision: 'match' }],
    [
      'the policy’s own liveness threshold',
      { liveness: { score: 0.6, verdict: 'live' }, policy: { livenessThreshold: 0.7 } },
      { decision: 'review', reason: 'LIVENESS_FAILED' },
    ],
  ];

  it.each(cases)('%s', (_name, question, expected) => {
    expect(decide(question)).toMatchObject(expected);
  });

  it('gives no reason with a match, and no person without one', () => {
    expect(decide({})).not.toHaveProperty('reason');
    expect(decide({})).not.toHaveProperty('margin');
    for (const question of [{ candidates: [of('ada', 0.1)] }, { quality: { size: 5 } }]) {
      expect(decide(question)).not.toHaveProperty('userId');
      expect(decide(question)).not.toHaveProperty('faceId');
    }
  });
});

describe('for any candidates', () => {
  const candidate = fc.record({
    userId: fc.constantFrom('ada', 'bob', 'cyd'),
    faceId: fc.uuid(),
    similarity: fc.double({ min: -1, max: 1, noNaN: true }),
  });
  const candidates = fc.array(candidate, { maxLength: 12 });
  const rank = { match: 3, review: 2, unknown: 1, rejected: 0 };

  it('their order does not matter', () => {
    fc.assert(
      fc.property(candidates, fc.infiniteStream(fc.nat()), (list, weights) => {
        const keys = new Map(list.map((one) => [one, weights.next().value]));
        const shuffled = list.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
        expect(decide({ candidates: shuffled })).toEqual(decide({ candidates: list }));
      }),
    );
  });

  it('a match is the best person, above the threshold, and ahead of everybody else by the margin', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const decision = decide({ candidates: list });
        if (decision.decision !== 'match') return;
        const best = Math.max(...list.map(({ similarity }) => similarity));
        const others = list.filter(({ userId }) => userId !== decision.userId).map(({ similarity }) => similarity);
        expect(decision.similarity).toBe(best);
        expect(best).toBeGreaterThanOrEqual(policy.matchThreshold);
        expect(best - Math.max(-Infinity, ...others)).toBeGreaterThanOrEqual(policy.minMargin);
      }),
    );
  });

  it('another person in the gallery never turns a review into a match', () => {
    fc.assert(
      fc.property(candidates, candidate, (list, extra) => {
        const before = decide({ candidates: list });
        const after = decide({ candidates: [...list, { ...extra, userId: 'dee' }] });
        fc.pre(after.userId === before.userId);
        expect(rank[after.decision]).toBeLessThanOrEqual(rank[before.decision]);
      }),
    );
  });

  it('a stricter policy never decides for more', () => {
    const stricter = fc.record({
      matchThreshold: fc.double({ min: 0.45, max: 1, noNaN: true }),
      minMargin: fc.double({ min: 0.05, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(candidates, stricter, (list, changes) => {
        const [usual, strict] = [decide({ candidates: list }), decide({ candidates: list, policy: changes })];
        expect(rank[strict.decision]).toBeLessThanOrEqual(rank[usual.decision]);
      }),
    );
  });
});

describe('whom an operator said a face like it is not', () => {
  const twins = [of('ada', 0.6), of('ada', 0.5, 'ada-2'), of('bob', 0.44)];
  const cases: [string, Question, Partial<MatchDecision>][] = [
    [
      'is not offered to who is nearer to that face',
      { rejected: { ada: 0.81 } },
      { decision: 'unknown', reason: 'REJECTED_BEFORE' },
    ],
    ['matches who is nearer to the person', { rejected: { ada: 0.79 } }, { decision: 'match', userId: 'ada' }],
    [
      'matches who resembles that face too little to be its owner',
      { candidates: [of('ada', 0.41)], rejected: { ada: 0.44 } },
      { decision: 'review', userId: 'ada' },
    ],
    [
      'leaves the next best person in the running',
      { candidates: twins, rejected: { ada: 0.7 } },
      { decision: 'review', userId: 'bob', similarity: 0.44 },
    ],
    [
      'drops nobody else',
      { candidates: twins, rejected: { bob: 0.9 } },
      { decision: 'match', userId: 'ada', similarity: 0.6 },
    ],
    ['means nothing when empty', { rejected: {} }, { decision: 'match', userId: 'ada' }],
  ];
  it.each(cases)('%s', (_name, question, expected) => {
    expect(decide(question)).toMatchObject(expected);
  });

  it('never makes a rejected person the answer, and never changes an answer about others', () => {
    const candidate = fc.record({
      userId: fc.constantFrom('ada', 'bob', 'eve'),
      faceId: fc.uuid(),
      similarity: fc.double({ min: -1, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(candidate, { maxLength: 8 }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (candidates, similarity) => {
          const free = decide({ candidates });
          const held = decide({ candidates, rejected: { ada: similarity } });
          const nearest = Math.max(
            -2,
            ...candidates.filter(({ userId }) => userId === 'ada').map((one) => one.similarity),
          );
          if (similarity < policy.matchThreshold || nearest >= similarity) expect(held).toEqual(free);
          else {
            expect(held.userId).not.toBe('ada');
            expect(held.userId).toEqual(
              decide({ candidates: candidates.filter(({ userId }) => userId !== 'ada') }).userId,
            );
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
