import { AppError } from '@rollcall/service-kit';

/** No body of the contract is nested deeper by far. */
const DEEPEST = 32;

/**
 * Refuses JSON that is nested deeper than anything here makes sense of: what walks it afterwards may be recursive.
 *
 * @throws VALIDATION_FAILED
 */
export function refuseDeep(json: unknown): void {
  let level: unknown[] = [json];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) {
      const errors = [{ path: '', code: 'TOO_DEEP', message: `is nested deeper than ${DEEPEST} levels` }];
      throw new AppError('VALIDATION_FAILED', { errors });
    }
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values<unknown>({ ...value }) : [],
    );
  }
}
