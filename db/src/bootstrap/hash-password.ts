import { hash } from 'bcryptjs';

/** Work factor of bcrypt (2^12 rounds), as OWASP advises for it; the gateway checks with what the hash itself says. */
const COST = 12;

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}
