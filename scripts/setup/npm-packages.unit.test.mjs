import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isInstalled } from './npm-packages.mjs';

let root;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rollcall-npm-'));
  await mkdir(join(root, 'node_modules/@rollcall/db'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const WANTED = {
  '': { name: 'rollcall' },
  'node_modules/@rollcall/db': { resolved: 'db', link: true },
  'node_modules/pg': { version: '8.0.0', integrity: 'sha512-a' },
  'node_modules/for-another-system': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};
const { 'node_modules/for-another-system': _other, '': _root, ...PRESENT } = WANTED;

async function installedWith(present) {
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: WANTED }));
  if (present) await writeFile(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: present }));
  return isInstalled(root);
}

describe('isInstalled', () => {
  it('is content with what npm installed for this system', async () => {
    expect(await installedWith(PRESENT)).toBe(true);
  });

  it.each([
    ['nothing is there', undefined],
    ['a package is missing', { 'node_modules/@rollcall/db': PRESENT['node_modules/@rollcall/db'] }],
    ['a package is of another version', { ...PRESENT, 'node_modules/pg': { version: '8.0.1', integrity: 'sha512-a' } }],
    ['a package has another content', { ...PRESENT, 'node_modules/pg': { version: '8.0.0', integrity: 'sha512-c' } }],
  ])('wants an installation when %s', async (_, present) => {
    expect(await installedWith(present)).toBe(false);
  });

  it('wants an installation when the link to a workspace is gone', async () => {
    await rm(join(root, 'node_modules/@rollcall'), { recursive: true });
    expect(await installedWith(PRESENT)).toBe(false);
  });

  it('says what to do without a lock file', async () => {
    await expect(isInstalled(root)).rejects.toThrow('git checkout package-lock.json');
  });
});
