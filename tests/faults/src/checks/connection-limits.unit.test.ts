import { expect, it } from 'vitest';
import { findTooMany } from './connection-limits.js';

const processes = [
  { label: 'face-worker-1', service: 'face-worker' },
  { label: 'face-worker-2', service: 'face-worker' },
] as const;

it('lets each process have its pools and one that listens', () => {
  const held = processes.flatMap(({ label }) => [
    { process: label, application: 'rollcall face-worker', count: 6 },
    { process: label, application: 'rollcall-doorbell', count: 1 },
  ]);
  expect(findTooMany(held, processes)).toEqual([]);
});

it('finds a listener that was left behind, a pool that is too large and a name nobody knows', () => {
  const process = 'face-worker-2';
  const held = ['rollcall-doorbell', 'rollcall face-worker', ''].map((application) => ({
    ...{ process, application, count: application === 'rollcall face-worker' ? 7 : 2 },
  }));
  expect(findTooMany(held, processes)).toEqual([
    'face-worker-2 holds 2 connections as "rollcall-doorbell", allowed are 1',
    'face-worker-2 holds 7 connections as "rollcall face-worker", allowed are 6',
    'face-worker-2 holds 2 connections as "", allowed are 0',
  ]);
});
