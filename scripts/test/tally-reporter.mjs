import { writeSync } from 'node:fs';

/**
 * Last line of a test run: `12 passed, 0 failed`, and `, 3 skipped` where there are any. A file that could not be loaded, and an
 * error outside any test, count as failed.
 */
export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') tally.passed += 1;
        else if (state === 'failed') failedTests += 1;
        else tally.skipped += 1;
      }
      tally.failed += module.state() === 'failed' ? Math.max(1, failedTests) : failedTests;
    }
    const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
    // At exit: behind the summary and whatever a clean-up may print.
    process.once('exit', () => writeSync(1, `${tally.passed} passed, ${tally.failed} failed${skipped}\n`));
  }
}
