import {
  resolveSystemConfig,
  type SchemaProblem,
  type SystemConfig,
  type SystemConfigOverrides,
  type SystemConfigPatch,
} from '@rollcall/contracts';

type Tree = Readonly<Record<string, unknown>>;

/** Applies a merge patch (RFC 7396): null takes a value away. Groups left empty are taken away too. Pure. */
export function mergeSettings(
  present: SystemConfigOverrides,
  patch: SystemConfigPatch | SystemConfigOverrides,
): SystemConfigOverrides {
  return mergeTrees(present, patch);
}

function mergeTrees(present: Tree, patch: Tree): Tree {
  const merged = new Map(Object.entries(present));
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) merged.delete(key);
    else if (isTree(value)) setTree(merged, key, mergeTrees(treeOf(merged.get(key)), value));
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function setTree(target: Map<string, unknown>, key: string, tree: Tree): void {
  if (Object.keys(tree).length === 0) target.delete(key);
  else target.set(key, tree);
}

function treeOf(value: unknown): Tree {
  return isTree(value) ? value : {};
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every value of a tree by its JSON pointer. */
export function pointersOf(tree: unknown, prefix = ''): Map<string, unknown> {
  if (!isTree(tree)) return new Map([[prefix, tree]]);
  return new Map(Object.entries(tree).flatMap(([key, value]) => [...pointersOf(value, `${prefix}/${key}`)]));
}

/** The settings that were set, as JSON pointers; what this version does not know is left out. */
export function overriddenIn(overrides: unknown): string[] {
  const known = pointersOf(resolveSystemConfig(undefined));
  const set = pointersOf(isTree(overrides) ? overrides : {});
  return [...set.keys()].filter((pointer) => known.has(pointer)).sort();
}

/** JSON pointers whose value in force differs. */
export function changedSettings(before: SystemConfig, after: SystemConfig): string[] {
  const old = pointersOf(before);
  return [...pointersOf(after)].filter(([pointer, value]) => old.get(pointer) !== value).map(([pointer]) => pointer);
}

/** Two settings of which the first must not be above the second. */
const ordered = [
  ['/recognition/review_threshold', '/recognition/match_threshold', 'nothing could go to review'],
  ['/enrolment/min_images', '/enrolment/max_images', 'no enrolment could be sent'],
  ['/enrolment/min_good_images', '/enrolment/min_images', 'the fewest images could never be enough'],
  [
    '/recognition/quality/min_size',
    '/enrolment/quality/min_size',
    'enrolled faces may be small, but would not be found',
  ],
] as const;

/**
 * What contradicts what in settings that each are possible. The problem is told where the caller can do something about
 * it: at the one of the two that was sent.
 *
 * @param sent JSON pointers of what the call names.
 */
export function contradictionsIn(config: SystemConfig, sent: ReadonlySet<string>): SchemaProblem[] {
  const values = pointersOf(config);
  const numberAt = (pointer: string) => Number(values.get(pointer));
  const problems = ordered
    .filter(([low, high]) => numberAt(low) > numberAt(high))
    .map(([low, high, why]): SchemaProblem => {
      const atHigh = sent.has(high) && !sent.has(low);
      return atHigh
        ? { path: high, code: 'TOO_SMALL', message: `must not be below ${low} (${numberAt(low)}): ${why}` }
        : { path: low, code: 'TOO_LARGE', message: `must not be above ${high} (${numberAt(high)}): ${why}` };
    });
  const { min_side: side, max_pixels: pixels } = config.images;
  if (side * side > pixels) {
    const path = sent.has('/images/max_pixels') ? '/images/max_pixels' : '/images/min_side';
    problems.push({ path, code: 'INVALID', message: `no image has sides of ${side} and at most ${pixels} pixels` });
  }
  return problems;
}
