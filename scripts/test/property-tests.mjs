import { configureGlobal } from 'fast-check';

/** Cases a property is tried with, unless its test says otherwise (and why, where it is fewer). */
configureGlobal({ numRuns: 1_000 });
