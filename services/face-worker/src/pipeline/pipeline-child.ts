// The program of a pipeline child: one frame and one thread at a time, so that a frame that crashes a native library or
// never ends takes nothing with it but this process.
import { createLocalObjectStore, type ObjectStore } from '@rollcall/object-store';
import { createPipeline, describeFailure, type Pipeline } from '@rollcall/recognition';
import type { AnalyzeTask, ChildAnswer, ChildSettings, ChildTask, PipelineFailure } from './pipeline-messages.js';
import { dieWithParent } from './die-with-parent.js';

const settings = JSON.parse(process.argv[2] ?? '{}') as ChildSettings;
const objects: ObjectStore = createLocalObjectStore({ root: settings.storageRoot });

// Ctrl-C in a terminal reaches the whole process group; the worker decides when its children end.
process.on('SIGINT', () => undefined);
dieWithParent();

let loading: Promise<Pipeline> | undefined;

/** Models are loaded once; a failed attempt is not kept, so that repaired files are found. */
function loadPipeline(): Promise<Pipeline> {
  loading ??= createPipeline(settings.pipeline).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** What tinypool calls for every task. Never throws: a failure is an answer with a code. */
export default async function work(task: ChildTask): Promise<ChildAnswer> {
  try {
    const pipeline = await loadPipeline();
    if (task.kind === 'describe') {
      const { model, synthetic, thresholds } = pipeline;
      return { kind: 'description', description: { model, synthetic, thresholds } };
    }
    return await analyze(pipeline, task);
  } catch (error) {
    return { kind: 'failure', failure: toPipelineFailure(error) };
  }
}

async function analyze(pipeline: Pipeline, task: AnalyzeTask): Promise<ChildAnswer> {
  const startedAt = performance.now();
  let image: Uint8Array;
  try {
    image = await objects.get(task.imageKey);
  } catch (error) {
    return { kind: 'failure', failure: describeReadFailure(error) };
  }
  const { mode, maxPixels, liveness, cropSize } = task;
  const analysis = await pipeline.analyze(image, { mode, maxPixels, liveness, cropSize });
  return { kind: 'analysis', analysis, busyMs: performance.now() - startedAt };
}

function describeReadFailure(error: unknown): PipelineFailure {
  const message = error instanceof Error ? error.message : String(error);
  const missing = (error as { code?: unknown }).code === 'OBJECT_NOT_FOUND';
  return missing
    ? { code: 'IMAGE_MISSING', about: 'storage', message }
    : { code: 'IMAGE_UNREADABLE', about: 'storage', message };
}

function toPipelineFailure(error: unknown): PipelineFailure {
  const { code, about, message } = describeFailure(error);
  return { code, about: about === 'inference' ? 'process' : about, message };
}
