import { availableParallelism, freemem } from 'node:os';
import { basename, join } from 'node:path';
import { lastLines, runCommand } from '../run-command.mjs';
import { SetUpError } from '../set-up-error.mjs';

const MEMORY_PER_COMPILER = 1.2e9;

/**
 * Compiles C++ sources and links them into a Node add-on. We call the compiler ourselves: node-gyp would want Python, looks
 * different in every npm, and downloads headers that lie on this machine already.
 *
 * @param {object} options
 * @param {string} options.name shown in errors
 * @param {readonly string[]} options.sources absolute paths
 * @param {readonly string[]} options.includes folders, in order
 * @param {readonly string[]} options.flags compiler flags
 * @param {readonly string[]} options.linkArguments what follows the objects at the link
 * @param {string} options.workFolder for object files
 * @param {string} options.outputFile the add-on
 * @param {(text: string) => void} options.tell progress
 */
export async function compileAddon({ name, sources, includes, flags, linkArguments, workFolder, outputFile, tell }) {
  const compiler = process.env.CXX || 'g++';
  const common = ['-fPIC', '-pthread', ...flags, ...includes.map((folder) => `-I${folder}`)];
  const queue = sources.map((source, index) => ({ source, object: join(workFolder, `${index}.o`) }));
  const objects = queue.map(({ object }) => object);
  let compiled = 0;
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      await run(compiler, [...common, '-c', next.source, '-o', next.object], `${name}: ${basename(next.source)}`);
      compiled += 1;
      tell(`compiled ${compiled} of ${sources.length} files`);
    }
  };
  // A compiler wants up to a gigabyte for these templates: on a small machine fewer run side by side.
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / MEMORY_PER_COMPILER)));
  await Promise.all(Array.from({ length: jobs }, work));
  tell('linking');
  await run(compiler, ['-shared', '-pthread', '-s', '-o', outputFile, ...objects, ...linkArguments], `${name}: link`);
}

/**
 * Loads the add-on in a process of its own, so that a bad build fails here and not in a service.
 * @param {string} name @param {string} file
 */
export async function checkAddonLoads(name, file) {
  const { code, signal, output } = await runCommand(process.execPath, ['-e', 'require(process.argv[1])', file]);
  if (code === 0) return;
  const ending = signal ? `was ended by ${signal}` : lastLines(output, 5);
  throw new SetUpError(
    `${name} was built but does not load; remove ~/.cache/rollcall/native and run the set-up again`,
    {
      details: ending,
    },
  );
}

async function run(command, args, what) {
  const { code, signal, output } = await runCommand(command, args);
  if (code === 0) return;
  const reason = signal === 'SIGKILL' || /Killed/.test(output) ? ' (out of memory? a compiler wants about 1 GB)' : '';
  throw new SetUpError(`compiling failed at ${what}${reason}: see the compiler's words above`, {
    details: lastLines(output),
  });
}
