import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { SetUpError } from '../set-up-error.mjs';

/**
 * onnxruntime-node brings its library for the processor inside the package (its install script would only add CUDA
 * from another host), so nothing is built: this says so, or what is wrong.
 */
export async function checkOnnxruntime() {
  const folder = join(root, 'node_modules/onnxruntime-node/bin/napi-v6', process.platform, process.arch);
  for (const file of ['onnxruntime_binding.node', 'libonnxruntime.so.1']) {
    if (!existsSync(join(folder, file))) {
      throw new SetUpError(
        `onnxruntime-node lacks ${file} for ${process.arch}: remove node_modules and run the set-up again`,
      );
    }
  }
  return 'there already';
}
