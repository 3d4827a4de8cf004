// Every relative link in a Markdown file of the repository must lead to a file that is there.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './setup/paths.mjs';

const files = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
let links = 0;
let broken = 0;
for (const file of files) {
  for (const [, target] of readFileSync(join(root, file), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^(?:[a-z]+:|#)/.test(target)) continue;
    links += 1;
    if (existsSync(join(root, dirname(file), target.split('#')[0]))) continue;
    broken += 1;
    process.stdout.write(`✘ ${file}: ${target} is not there\n`);
  }
}
process.stdout.write(`${links - broken} of ${links} links lead somewhere\n`);
process.exitCode = broken === 0 ? 0 : 1;
