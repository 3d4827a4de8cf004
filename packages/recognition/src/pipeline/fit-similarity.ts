import type { Point } from '../analysis.js';

/** x' = a·x − b·y + tx, y' = b·x + a·y + ty: rotation and one scale, no reflection. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/**
 * The similarity that takes `from` to `to` with the least squared error (Umeyama 1991). In the plane, without
 * reflection, the general solution by singular values comes down to this closed form. Points that all coincide
 * have no scale: they give a pure shift.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const source = centreOf(from);
  const target = centreOf(to);
  let along = 0;
  let across = 0;
  let spread = 0;
  from.forEach((point, i) => {
    const other = to[i] ?? target;
    const [x, y] = [point.x - source.x, point.y - source.y];
    const [u, v] = [other.x - target.x, other.y - target.y];
    along += x * u + y * v;
    across += x * v - y * u;
    spread += x * x + y * y;
  });
  const a = spread > 0 ? along / spread : 1;
  const b = spread > 0 ? across / spread : 0;
  return {
    a,
    b,
    tx: target.x - a * source.x + b * source.y,
    ty: target.y - b * source.x - a * source.y,
  };
}

export function scaleOf({ a, b }: Similarity): number {
  return Math.hypot(a, b);
}

export function applySimilarity({ a, b, tx, ty }: Similarity, { x, y }: Point): Point {
  return { x: a * x - b * y + tx, y: b * x + a * y + ty };
}

function centreOf(points: readonly Point[]): Point {
  const sum = points.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}
