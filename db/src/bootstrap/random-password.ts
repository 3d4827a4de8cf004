import { randomInt } from 'node:crypto';

/** Without letters and digits that look alike: the password is read off a screen and typed. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/** A random password; 24 characters of 57 are 140 bits. */
export function randomPassword(length = 24): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
