import { expect, it } from 'vitest';
import { compareFeed } from './compare-feed.js';

const log = ['a', 'b', 'c', 'd'];

it.each([
  [['a', 'b', 'c', 'd'], 4, 'complete'],
  [['a', 'b'], 2, 'behind'],
  [[], 0, 'behind'],
  [['a', 'c', 'd'], 1, 'passed over'],
  [['a', 'c', 'b', 'd'], 1, 'passed over'],
  [['a', 'b', 'b', 'c', 'd'], 2, 'twice'],
  [['a', 'b', 'c', 'd', 'a'], 4, 'twice'],
  [['a', 'b', 'c', 'd', 'x'], 4, 'too much'],
])('of a reader that has seen %j agree the first %i: %s', (seen, agreed, verdict) => {
  expect(compareFeed(log, seen)).toEqual({ agreed, verdict });
});

it('goes on where it agreed before', () => {
  expect(compareFeed(log, ['never', 'looked', 'c', 'd'], 2)).toEqual({ agreed: 4, verdict: 'complete' });
});
