import { InferenceSession, Tensor } from 'onnxruntime-node';
import { RecognitionError } from '../recognition-error.js';

// The runtime's library for Linux carries a telemetry client: at the first session it reads the machine's id, writes logs to
// the temporary folder and looks up a host of its maker. Nothing leaves this machine. Read when a session is created.
// eslint-disable-next-line no-restricted-properties -- a switch of the library that exists only there
process.env['ORT_DISABLE_TELEMETRY'] = '1';

/** A loaded network: numbers in, numbers out. It knows nothing of images or faces. */
export interface OnnxSession {
  /**
   * Runs the network's first input of the given shape; returns each output's values by name.
   * Blocks this thread. Throws `INFERENCE_FAILED`.
   */
  run(values: Float32Array, shape: readonly number[]): Promise<Record<string, Float32Array>>;
  release(): Promise<void>;
}

/** One thread a session: frames are spread over processes, where more threads each would only compete. */
const sessionOptions: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  executionMode: 'sequential',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
};

/** Throws `MODEL_UNSUPPORTED` when the runtime cannot take the model. */
export async function openSession(bytes: Uint8Array, name: string): Promise<OnnxSession> {
  const session = await InferenceSession.create(bytes, sessionOptions).catch((cause: unknown) => {
    throw new RecognitionError('MODEL_UNSUPPORTED', `${name}: ${messageOf(cause)}`, { cause });
  });
  const input = session.inputNames[0];
  if (input === undefined) throw new RecognitionError('MODEL_UNSUPPORTED', `${name} has no input`);
  return {
    async run(values, shape) {
      try {
        const outputs = await session.run({ [input]: new Tensor('float32', values, shape) });
        return Object.fromEntries(Object.entries(outputs).map(([key, tensor]) => [key, tensor.data as Float32Array]));
      } catch (cause) {
        throw new RecognitionError('INFERENCE_FAILED', `${name}: ${messageOf(cause)}`, { cause });
      }
    },
    release: () => session.release(),
  };
}

/** The values of one output. Throws `MODEL_UNSUPPORTED` when the network has no such output. */
export function outputOf(outputs: Readonly<Record<string, Float32Array>>, name: string): Float32Array {
  const values = outputs[name];
  if (!values) throw new RecognitionError('MODEL_UNSUPPORTED', `the network has no output ${name}`);
  return values;
}

function messageOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
