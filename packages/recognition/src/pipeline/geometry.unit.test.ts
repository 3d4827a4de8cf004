import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FivePoints, Point } from '../analysis.js';
import { decodeRfb } from './detect-rfb.js';
import { groupViews, isCutByView, singleView } from './detection-views.js';
import { estimatePose } from './estimate-pose.js';
import { applySimilarity, fitSimilarity, scaleOf } from './fit-similarity.js';
import { livenessArea } from './judge-liveness.js';
import { landmarkSquare } from './locate-landmarks.js';
import { measureBlur } from './measure-blur.js';
import { overlapOf, suppressOverlaps } from './suppress-overlaps.js';

const template: FivePoints = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];
const coordinate = fc.double({ min: -200, max: 200, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });
const points = fc.array(point, { minLength: 5, maxLength: 5 });
const similarity = fc
  .record({
    angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    scale: fc.double({ min: 0.05, max: 20, noNaN: true }),
    tx: coordinate,
    ty: coordinate,
  })
  .map(({ angle, scale, tx, ty }) => ({ a: scale * Math.cos(angle), b: scale * Math.sin(angle), tx, ty }));

const distance = (p: Point, q: Point) => Math.hypot(p.x - q.x, p.y - q.y);

describe('the fitted similarity', () => {
  it('finds the similarity the points were moved by', () => {
    fc.assert(
      fc.property(similarity, (moved) => {
        const fitted = fitSimilarity(
          template,
          template.map((p) => applySimilarity(moved, p)),
        );
        expect(scaleOf(fitted)).toBeCloseTo(scaleOf(moved), 6);
        for (const p of template) {
          expect(distance(applySimilarity(fitted, p), applySimilarity(moved, p))).toBeLessThan(1e-6);
        }
      }),
    );
  });

  it('is the best there is: no other similarity comes nearer', () => {
    const error = (by: ReturnType<typeof fitSimilarity>, from: readonly Point[], to: readonly Point[]) =>
      from.reduce((sum, p, i) => sum + distance(applySimilarity(by, p), to[i]!) ** 2, 0);
    fc.assert(
      fc.property(points, points, similarity, (from, to, other) => {
        expect(error(fitSimilarity(from, to), from, to)).toBeLessThanOrEqual(error(other, from, to) + 1e-6);
      }),
    );
  });

  it('never mirrors', () => {
    const mirrored = template.map(({ x, y }) => ({ x: -x, y }));
    const { a, b } = fitSimilarity(mirrored, template);
    // The determinant of a similarity without reflection is a² + b².
    expect(a * a + b * b).toBeGreaterThan(0);
    const left = applySimilarity(fitSimilarity(mirrored, template), mirrored[0]!);
    expect(distance(left, template[0])).toBeGreaterThan(5);
  });

  it('moves points that coincide without scaling them', () => {
    const same = template.map(() => ({ x: 3, y: 4 }));
    expect(scaleOf(fitSimilarity(same, template))).toBe(1);
  });
});

describe('suppressed overlaps', () => {
  const box = fc.record({
    x: fc.integer({ min: 0, max: 100 }),
    y: fc.integer({ min: 0, max: 100 }),
    width: fc.integer({ min: 1, max: 60 }),
    height: fc.integer({ min: 1, max: 60 }),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  it('leave no two that overlap by more than the limit, and drop none without one that is better', () => {
    fc.assert(
      fc.property(fc.array(box, { maxLength: 25 }), (boxes) => {
        const kept = suppressOverlaps(boxes, 0.35);
        kept.forEach((a, i) => {
          for (const b of kept.slice(i + 1)) expect(overlapOf(a, b)).toBeLessThanOrEqual(0.35);
        });
        for (const dropped of boxes.filter((one) => !kept.includes(one))) {
          expect(kept.some((one) => one.score >= dropped.score && overlapOf(one, dropped) > 0.35)).toBe(true);
        }
      }),
    );
  });

  it('keep the best of a heap, best first', () => {
    const at = (x: number, score: number) => ({ x, y: 0, width: 10, height: 10, score });
    expect(suppressOverlaps([at(1, 0.7), at(0, 0.9), at(2, 0.8), at(50, 0.95)], 0.35)).toEqual([
      at(50, 0.95),
      at(0, 0.9),
    ]);
  });

  it('measure overlap as shared over all', () => {
    const a = { x: 0, y: 0, width: 10, height: 10 };
    expect(overlapOf(a, a)).toBe(1);
    expect(overlapOf(a, { ...a, x: 5 })).toBeCloseTo(1 / 3);
    expect(overlapOf(a, { ...a, x: 10 })).toBe(0);
  });
});

describe('the detector’s output', () => {
  it('is read from the face’s score, and boxes without an area are dropped', () => {
    const scores = Float32Array.of(0.1, 0.9, 0.9, 0.1, 0.2, 0.8, 0, 0.65);
    const boxes = Float32Array.of(0.25, 0.25, 0.5, 0.75, 0, 0, 1, 1, 0.5, 0.5, 0.5, 0.75, 0, 0, 1, 1);
    expect(decodeRfb(scores, boxes, 0.65)).toEqual([
      { x: 0.25, y: 0.25, width: 0.25, height: 0.5, score: expect.closeTo(0.9) as number },
    ]);
  });
});

describe('the detector’s views', () => {
  it('are the whole frame for one person', () => {
    expect(singleView(640, 480)).toEqual([{ area: { x: 0, y: 0, width: 640, height: 480 }, fit: 'stretch' }]);
  });

  it('show every small face of a room whole in at least one of them', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (x, y) => {
          const frame = { width: 1920, height: 1080 };
          const face = { x: x * 1920, y: y * 1080, width: 100, height: 100 };
          const tiles = groupViews(frame.width, frame.height).slice(1);
          const whole = tiles.filter(
            ({ area }) =>
              face.x >= area.x &&
              face.y >= area.y &&
              face.x + 100 <= area.x + area.width &&
              face.y + 100 <= area.y + area.height &&
              !isCutByView(face, area, frame),
          );
          expect(whole.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('count a face as cut at a tile’s inner sides only', () => {
    const frame = { width: 1000, height: 1000 };
    const tile = { x: 0, y: 0, width: 600, height: 600 };
    const at = (x: number, y: number) => isCutByView({ x, y, width: 100, height: 100 }, tile, frame);
    expect(at(0, 0)).toBe(false);
    expect(at(499, 200)).toBe(true);
    expect(at(200, 499)).toBe(true);
    expect(isCutByView({ x: 900, y: 0, width: 100, height: 100 }, { ...tile, x: 400 }, frame)).toBe(false);
  });
});

describe('the estimated pose', () => {
  const turned = (degrees: number): FivePoints => {
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    return template.map(({ x, y }) => ({ x: cos * x - sin * y, y: sin * x + cos * y })) as unknown as FivePoints;
  };
  const withNose = (dx: number, dy: number): FivePoints => {
    const [leftEye, rightEye, nose, mouthLeft, mouthRight] = template;
    return [leftEye, rightEye, { x: nose.x + dx, y: nose.y + dy }, mouthLeft, mouthRight];
  };

  it('of the template is frontal within the error of the estimate', () => {
    const { yaw, pitch, roll } = estimatePose(template);
    expect(Math.abs(yaw)).toBeLessThan(3);
    expect(Math.abs(pitch)).toBeLessThan(8);
    expect(Math.abs(roll)).toBeLessThan(1);
  });

  it('knows the tilt, and tilting changes neither yaw nor pitch', () => {
    const level = estimatePose(template);
    for (const angle of [-60, -20, 35]) {
      const pose = estimatePose(turned(angle));
      expect(pose.roll - level.roll).toBeCloseTo(angle, 6);
      expect(pose.yaw).toBeCloseTo(level.yaw, 6);
      expect(pose.pitch).toBeCloseTo(level.pitch, 6);
    }
  });

  it('knows the side the nose points to, and grows with it', () => {
    const yaws = [-10, -5, 0, 5, 10].map((dx) => estimatePose(withNose(dx, 0)).yaw);
    expect(yaws).toEqual(yaws.toSorted((a, b) => a - b));
    expect(yaws[0]).toBeLessThan(-20);
    expect(yaws[4]).toBeGreaterThan(20);
    const pitches = [-10, 0, 10].map((dy) => estimatePose(withNose(0, dy)).pitch);
    expect(pitches).toEqual(pitches.toSorted((a, b) => a - b));
  });

  it('is mirrored with the face', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8, max: 8 }), fc.integer({ min: -8, max: 8 }), (dx, dy) => {
        const flip = ({ x, y }: Point) => ({ x: 112 - x, y });
        const [le, re, nose, ml, mr] = withNose(dx, dy);
        const pose = estimatePose([le, re, nose, ml, mr]);
        const mirrored = estimatePose([flip(re), flip(le), flip(nose), flip(mr), flip(ml)]);
        expect(mirrored.yaw).toBeCloseTo(-pose.yaw, 0);
        expect(mirrored.pitch).toBeCloseTo(pose.pitch, 0);
      }),
    );
  });

  it('does not depend on where and how large the face is', () => {
    const moved = template.map(({ x, y }) => ({ x: 7 * x + 900, y: 7 * y - 30 })) as unknown as FivePoints;
    expect(estimatePose(moved).yaw).toBeCloseTo(estimatePose(template).yaw, 6);
  });
});

describe('blur', () => {
  const pattern = (value: (x: number, y: number) => number) =>
    Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => value(Math.floor(i / 3) % 32, Math.floor(i / 96)));

  it('is nought where nothing changes, or changes evenly', () => {
    expect(
      measureBlur(
        pattern(() => 90),
        32,
        32,
      ),
    ).toBeCloseTo(0, 4);
    expect(
      measureBlur(
        pattern((x) => x * 5),
        32,
        32,
      ),
    ).toBeCloseTo(0, 4);
  });

  it('is large at edges and known for a single point', () => {
    const chess = pattern((x, y) => ((x + y) % 2 ? 200 : 100));
    expect(measureBlur(chess, 32, 32)).toBeCloseTo(400 * 400, -1);
    const dot = pattern((x, y) => (x === 10 && y === 10 ? 100 : 0));
    expect(measureBlur(dot, 32, 32)).toBeCloseTo((20 * 100 * 100) / 900, 1);
  });
});

describe('the area around a face', () => {
  const frame = { width: 1280, height: 720 };

  it('for landmarks is a square of the box’s height about its centre', () => {
    expect(landmarkSquare({ x: 100, y: 50, width: 60, height: 80 })).toEqual({ x: 90, y: 50, width: 80, height: 80 });
  });

  it('for liveness is 2.7 times the face where there is room', () => {
    expect(livenessArea({ x: 600, y: 300, width: 80, height: 100 }, frame)).toEqual({
      x: 505,
      y: 215,
      width: 270,
      height: 270,
    });
  });

  it('for liveness lies inside the frame and holds the face’s centre, wherever the face is', () => {
    const box = fc.record({
      x: fc.integer({ min: -20, max: 1250 }),
      y: fc.integer({ min: -20, max: 700 }),
      width: fc.integer({ min: 10, max: 700 }),
      height: fc.integer({ min: 10, max: 700 }),
    });
    fc.assert(
      fc.property(box, (face) => {
        const area = livenessArea(face, frame)!;
        expect(area.x).toBeGreaterThanOrEqual(0);
        expect(area.y).toBeGreaterThanOrEqual(0);
        expect(area.x + area.width).toBeLessThanOrEqual(1280);
        expect(area.y + area.height).toBeLessThanOrEqual(720);
        expect(area.width).toBe(area.height);
      }),
    );
  });

  it('for liveness is none in an image of one pixel', () => {
    expect(livenessArea({ x: 0, y: 0, width: 1, height: 1 }, { width: 1, height: 1 })).toBeUndefined();
  });
});
