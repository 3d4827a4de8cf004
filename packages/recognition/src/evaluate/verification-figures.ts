export interface ScoredPair {
  readonly fold: string;
  readonly similarity: number;
  readonly same: boolean;
}

export interface VerificationFigures {
  /** Mean over the folds, each judged at the threshold that is best on the others. */
  readonly accuracy: number;
  /** Standard deviation over the folds. */
  readonly spread: number;
  /** The thresholds chosen, one a fold. */
  readonly thresholds: readonly number[];
  readonly auc: number;
  /** True accept rate at a false accept rate, with the threshold that gives it. */
  readonly operatingPoints: readonly { far: number; tar: number; threshold: number }[];
  readonly genuine: { mean: number; spread: number };
  readonly impostor: { mean: number; spread: number };
}

/** The figures of a verification protocol (LFW's: balanced folds of same and different pairs). */
export function verificationFigures(pairs: readonly ScoredPair[]): VerificationFigures {
  const genuine = pairs.filter(({ same }) => same).map(({ similarity }) => similarity);
  const impostor = pairs.filter(({ same }) => !same).map(({ similarity }) => similarity);
  const folds = [...new Set(pairs.map(({ fold }) => fold))];
  const judged = folds.map((fold) => {
    const inside = pairs.filter((pair) => pair.fold === fold);
    const outside = pairs.filter((pair) => pair.fold !== fold);
    const threshold = bestThreshold(outside.length > 0 ? outside : inside);
    return { threshold, accuracy: accuracyAt(inside, threshold) };
  });
  const accuracies = judged.map(({ accuracy }) => accuracy);
  return {
    accuracy: meanOf(accuracies),
    spread: spreadOf(accuracies),
    thresholds: judged.map(({ threshold }) => threshold),
    auc: areaUnderCurve(genuine, impostor),
    operatingPoints: [1e-2, 1e-3].map((far) => operatingPoint(genuine, impostor, far)),
    genuine: { mean: meanOf(genuine), spread: spreadOf(genuine) },
    impostor: { mean: meanOf(impostor), spread: spreadOf(impostor) },
  };
}

/** Halfway between the two neighbouring similarities where most pairs are judged right. */
export function bestThreshold(pairs: readonly ScoredPair[]): number {
  const sorted = pairs.toSorted((a, b) => a.similarity - b.similarity);
  // Everything is called "same" to begin with; each step calls one more pair "different".
  let right = sorted.filter(({ same }) => same).length;
  let most = right;
  let best = (sorted[0]?.similarity ?? 0) - 1e-6;
  sorted.forEach((pair, i) => {
    right += pair.same ? -1 : 1;
    const next = sorted[i + 1]?.similarity ?? pair.similarity + 2e-6;
    if (right > most && next > pair.similarity) {
      most = right;
      best = (pair.similarity + next) / 2;
    }
  });
  return best;
}

export function accuracyAt(pairs: readonly ScoredPair[], threshold: number): number {
  const right = pairs.filter(({ similarity, same }) => similarity >= threshold === same);
  return right.length / pairs.length;
}

/** Probability that a genuine pair is more alike than an impostor pair (ties count half). */
export function areaUnderCurve(genuine: readonly number[], impostor: readonly number[]): number {
  const others = impostor.toSorted((a, b) => a - b);
  const wins = genuine.reduce((sum, value) => {
    const below = lowerBound(others, value);
    const upTo = lowerBound(others, value + Number.EPSILON);
    return sum + below + (upTo - below) / 2;
  }, 0);
  return wins / (genuine.length * impostor.length);
}

function operatingPoint(genuine: readonly number[], impostor: readonly number[], far: number) {
  const strongest = impostor.toSorted((a, b) => b - a);
  const allowed = Math.floor(far * impostor.length);
  const threshold = (strongest[allowed] ?? -1) + 1e-6;
  const accepted = genuine.filter((similarity) => similarity >= threshold);
  return { far, tar: accepted.length / genuine.length, threshold };
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spreadOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}
