import { expect, it } from 'vitest';
import { planRounds } from './plan-rounds.js';
import { seededRandom } from './random.js';

const faults = ['a', 'b', 'c', 'd', 'e'];

function draw(seed: number, rounds: number): string[] {
  const plan = planRounds(faults, seededRandom(seed));
  return Array.from({ length: rounds }, () => plan.next().value);
}

it('draws the same rounds for the same seed, and others for another', () => {
  expect(draw(7, 40)).toEqual(draw(7, 40));
  expect(draw(7, 40)).not.toEqual(draw(8, 40));
});

it('hits every fault once before any of them comes again', () => {
  const rounds = draw(3, 20);
  for (let begin = 0; begin < 20; begin += 5) expect(rounds.slice(begin, begin + 5).toSorted()).toEqual(faults);
});

it('keeps numbers between their bounds', () => {
  const random = seededRandom(1);
  const drawn = Array.from({ length: 1_000 }, () => random.between(5, 6));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(5);
  expect(Math.max(...drawn)).toBeLessThan(6);
  expect(new Set(drawn).size).toBeGreaterThan(900);
});
