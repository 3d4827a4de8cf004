import { clientFaults } from './client-faults.js';
import { clockFaults } from './clock-faults.js';
import { databaseFaults } from './database-faults.js';
import type { Fault } from './fault.js';
import { processFaults } from './process-faults.js';
import { storageFaults } from './storage-faults.js';

export const allFaults: readonly Fault[] = [
  ...processFaults,
  ...databaseFaults,
  ...storageFaults,
  ...clockFaults,
  ...clientFaults,
];
