import { StartError } from './start-error.mjs';

/** One @, something on both sides, no blanks: what the address is good for shows when somebody signs in with it. */
const EMAIL = /^[^\s@]+@[^\s@]+$/;
const LONGEST_EMAIL = 254;

/**
 * Who the first administrator is, as `bootstrapInstallation` takes it.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ adminEmail?: string }}
 * @throws StartError
 */
export function firstAdmin({ ROLLCALL_ADMIN_EMAIL: email }) {
  if (!email?.trim()) return {};
  if (EMAIL.test(email.trim()) && email.trim().length <= LONGEST_EMAIL) return { adminEmail: email.trim() };
  throw new StartError(`ROLLCALL_ADMIN_EMAIL is ${JSON.stringify(email)}; allowed: an e-mail address`);
}
