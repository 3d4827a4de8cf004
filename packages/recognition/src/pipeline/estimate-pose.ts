import type { FivePoints, Point } from '../analysis.js';

export interface Pose {
  /** Degrees; positive: the nose points to the viewer's right. */
  readonly yaw: number;
  /** Degrees; positive: the face looks down. */
  readonly pitch: number;
  /** Degrees, clockwise positive. */
  readonly roll: number;
}

/**
 * How far nose tip and mouth stand out from the plane of the eyes, in distances between the eyes; the flat positions
 * are those of the frontal template the faces are aligned to. An average head, so the angles are estimates.
 */
const head = [
  { x: -0.5, y: -0.575, z: 0 },
  { x: 0.5, y: -0.575, z: 0 },
  { x: 0.003, y: 0.033, z: 0.45 },
  { x: -0.41, y: 0.579, z: 0.08 },
  { x: 0.418, y: 0.579, z: 0.08 },
];

/**
 * Yaw, pitch and roll from the five points by a scaled orthographic projection of an average head: the points, turned
 * level, are fitted as a linear function of the head's x, y and z; how much of a picture axis is explained by depth is
 * the sine of the angle.
 */
export function estimatePose(points: FivePoints): Pose {
  const [leftEye, rightEye] = points;
  const roll = Math.atan2(rightEye.y - leftEye.y, rightEye.x - leftEye.x);
  const level = points.map((point) => turn(point, -roll));
  const across = fitHead(level.map(({ x }) => x));
  const down = fitHead(level.map(({ y }) => y));
  return {
    yaw: degrees(angleOf(across)),
    pitch: degrees(angleOf(down)),
    roll: degrees(roll),
  };
}

function angleOf(axis: readonly [number, number, number]): number {
  const length = Math.hypot(...axis);
  return length > 0 ? Math.asin(axis[2] / length) : 0;
}

/** Least squares of `values` on the head's coordinates (and a shift). */
function fitHead(values: readonly number[]): [number, number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sums = [0, 0, 0];
  pseudoInverse.forEach((row, axis) => {
    row.forEach((weight, i) => {
      sums[axis] = (sums[axis] ?? 0) + weight * ((values[i] ?? mean) - mean);
    });
  });
  return [sums[0] ?? 0, sums[1] ?? 0, sums[2] ?? 0];
}

/** 3×5: (HᵀH)⁻¹Hᵀ of the centred head. */
const pseudoInverse = invertHead();

function invertHead(): number[][] {
  const axes = (['x', 'y', 'z'] as const).map((axis) => {
    const mean = head.reduce((sum, point) => sum + point[axis], 0) / head.length;
    return head.map((point) => point[axis] - mean);
  }) as [number[], number[], number[]];
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  const cross = (a: readonly number[], b: readonly number[]): number[] => [
    (a[1] ?? 0) * (b[2] ?? 0) - (a[2] ?? 0) * (b[1] ?? 0),
    (a[2] ?? 0) * (b[0] ?? 0) - (a[0] ?? 0) * (b[2] ?? 0),
    (a[0] ?? 0) * (b[1] ?? 0) - (a[1] ?? 0) * (b[0] ?? 0),
  ];
  const gram = axes.map((a) => axes.map((b) => dot(a, b))) as [number[], number[], number[]];
  const adjugate = [cross(gram[1], gram[2]), cross(gram[2], gram[0]), cross(gram[0], gram[1])];
  const determinant = dot(gram[0], adjugate[0] ?? []);
  return adjugate.map((row) =>
    head.map(
      (_, i) =>
        dot(
          row,
          axes.map((axis) => axis[i] ?? 0),
        ) / determinant,
    ),
  );
}

function turn({ x, y }: Point, angle: number): Point {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { x: cos * x - sin * y, y: sin * x + cos * y };
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
