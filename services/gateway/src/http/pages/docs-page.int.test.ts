import { existsSync } from 'node:fs';
import { buildOrganization, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPrincipal, passwordOf, startTestGateway, type TestGateway } from '../../testing/test-gateway.test.js';

/** Where Debian's package puts it (apt-get install chromium). Without it there is nothing to look with; CI has it, and must look. */
const CHROMIUM = '/usr/bin/chromium';
const hasBrowser = existsSync(CHROMIUM) || process.env['CI'] === 'true';
const EMAIL = 'admin@example.org';

describe.skipIf(!hasBrowser)('/docs in a browser', () => {
  let database: TestDatabase;
  let gateway: TestGateway;
  let browser: Browser;

  beforeAll(async () => {
    database = await createTestDatabase();
    gateway = await startTestGateway(database);
    await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN', { email: EMAIL });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await database.close();
  });

  it.each([
    ['a desk', { width: 1280, height: 900 }],
    ['a phone', { width: 390, height: 844 }],
  ])('signs in and makes a call on the screen of %s, and nothing is blocked', async (_, viewport) => {
    const page = await browser.newPage({ viewport });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // A wrong password is answered 401, which the console tells too.
      if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(gateway.url) && !request.url().startsWith('data:')) complaints.push(request.url());
    });
    await page.goto(`${gateway.url}/docs`);
    const form = page.locator('form.sign-in');
    await form.locator('[name=email]').fill(EMAIL);
    await form.locator('[name=password]').fill('not the password');
    await form.getByRole('button').click();
    await form.locator('output.wrong').waitFor();
    await form.locator('[name=password]').fill(passwordOf(EMAIL));
    await form.getByRole('button', { name: 'Sign in' }).click();
    await form.getByRole('button', { name: 'Sign out' }).waitFor();

    await page.locator('.opblock-tag', { hasText: 'Identity' }).click();
    const me = page.locator('#operations-Identity-me');
    await me.locator('.opblock-summary').click();
    await me.getByRole('button', { name: 'Execute' }).click();
    const answer = me.locator('.live-responses-table tbody');
    await answer.waitFor();
    expect(await answer.innerText()).toContain(`"email": "${EMAIL}"`);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
