import { prepareConfig } from './prepare-config.js';
import { prepareModels } from './prepare-models.js';

const config = prepareConfig();
try {
  const written = await prepareModels({
    ...config,
    progress: (line) => {
      console.log(`models: ${line}`);
    },
  });
  if (written === 0) console.log(`models: all there (${config.modelPath})`);
} catch (error) {
  console.error(`models: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
