import type { GroupsReport } from './evaluate-groups.js';
import type { PairsReport } from './evaluate-pairs.js';

/** What a run has to reach; undefined asks for nothing. */
export interface RequiredFigures {
  /** Least accuracy over the pairs, 0..1. */
  readonly accuracy?: number | undefined;
  /** Least share of the counted faces that is found, 0..1. */
  readonly recall?: number | undefined;
  /** Most faces found beyond the count. */
  readonly falseFaces?: number | undefined;
}

/**
 * Reads a requirement from the command line.
 * @param most the largest value that makes sense; a share has 1
 * @throws RangeError for what is no number between 0 and `most`
 */
export function readRequirement(name: string, text: string | undefined, most = Infinity): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= most)) {
    throw new RangeError(`--${name} is ${text}; allowed: a number from 0${most === Infinity ? '' : ` to ${most}`}`);
  }
  return value;
}

/** What was not reached, a line each. A figure that was asked for and not measured is not reached. */
export function findUnreached(
  required: RequiredFigures,
  pairs: Pick<PairsReport, 'figures'> | undefined,
  groups: Pick<GroupsReport, 'recall' | 'falseFaces'> | undefined,
): string[] {
  const { accuracy, recall, falseFaces } = required;
  const unreached: string[] = [];
  const judge = (what: string, value: number | undefined, isReached: boolean, limit: string): void => {
    if (!isReached) unreached.push(`${what} ${value ?? 'not measured'}, required ${limit}`);
  };
  if (accuracy !== undefined) {
    const value = pairs?.figures.accuracy;
    judge('accuracy', value, value !== undefined && value >= accuracy, `at least ${accuracy}`);
  }
  if (recall !== undefined) {
    judge('recall', groups?.recall, groups !== undefined && groups.recall >= recall, `at least ${recall}`);
  }
  if (falseFaces !== undefined) {
    const value = groups?.falseFaces;
    judge('false faces', value, value !== undefined && value <= falseFaces, `at most ${falseFaces}`);
  }
  return unreached;
}
