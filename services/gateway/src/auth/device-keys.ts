import { createHash, randomBytes } from 'node:crypto';

/** Tells a device key from everything else, also for scanners that look for leaked secrets. */
const PREFIX = 'rc_';
const KEY = /^rc_[\w-]{43}$/;
const HINT_LENGTH = 4;

export interface NewDeviceKey {
  readonly key: string;
  readonly hash: Buffer;
  /** The last characters, to tell keys apart. */
  readonly hint: string;
}

/** 256 random bits: nobody guesses one, so a plain fast hash keeps it as well as bcrypt would. */
export function newDeviceKey(): NewDeviceKey {
  const key = PREFIX + randomBytes(32).toString('base64url');
  return { key, hash: hashDeviceKey(key), hint: `…${key.slice(-HINT_LENGTH)}` };
}

export function isDeviceKey(credentials: string): boolean {
  return KEY.test(credentials);
}

export function hashDeviceKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
