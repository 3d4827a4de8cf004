import { beforeEach, describe, expect, it } from 'vitest';
import { recordingLogger } from '../testing/memory-gallery-source.test.js';
import { aFrame, aRegistration } from '../testing/requests.test.js';
import type { ClaimedRequest } from './claimed-requests.js';
import { createProcessRequest } from './process-request.js';
import type { RequestEnding } from './request-ending.js';
import { WorkInHand } from './work-in-hand.js';

let told: unknown[];
let inHand: WorkInHand;
beforeEach(() => {
  told = [];
  inHand = new WorkInHand();
});

function processing(
  work: () => Promise<RequestEnding>,
  fail: (attempts: number) => Promise<void> = () => Promise.resolve(),
  release: (request: ClaimedRequest) => void = () => undefined,
) {
  const process = createProcessRequest({
    inHand,
    recognizeFrame: work,
    registerPerson: work,
    isPassing: (error) => (error as { code?: string }).code === 'STORAGE_FULL',
    fail: (request, plan, attempts) => {
      told.push(['fail', request.id, plan]);
      return fail(attempts);
    },
    release: (request) => {
      told.push(['release', request.id]);
      release(request);
      return Promise.resolve();
    },
    onEnd: (request, ending) => told.push(['end', request.id, ending]),
    logger: recordingLogger(),
  });
  return (request: ClaimedRequest) => {
    inHand.add(request);
    return process(request);
  };
}

const failure = (code: string, about: 'image' | 'process' | 'storage' | 'installation'): RequestEnding => ({
  kind: 'failure',
  failure: { code, about, message: 'because' },
});

describe('processRequest', () => {
  it('has nothing more to do for a completed request', async () => {
    await processing(() => Promise.resolve({ kind: 'completed' }))(aFrame());
    expect(told).toEqual([['end', 'frame-1', 'completed']]);
    expect(inHand.size).toBe(0);
  });

  it('ends the latest claim there is when it fails, and gives back one that comes before that is told', async () => {
    const ended: number[] = [];
    const work = (): Promise<RequestEnding> => {
      // Our own lease had run out.
      expect(inHand.add(aFrame({ attempts: 2 }))).toBe(false);
      return Promise.resolve(failure('PIPELINE_CRASHED', 'process'));
    };
    const fail = (attempts: number): Promise<void> => {
      ended.push(attempts);
      expect(inHand.add(aFrame({ attempts: 3 }))).toBe(false);
      return Promise.resolve();
    };
    await processing(work, fail)(aFrame({ attempts: 1 }));
    expect(ended).toEqual([2]);
    expect(told.map((entry) => (entry as string[])[0])).toEqual(['fail', 'release', 'end']);
  });

  it('gives back what was claimed anew before it had left our hands, and not a claim of before', async () => {
    let claims = 2;
    const claimAnew = (request: ClaimedRequest): void => {
      if (claims-- > 0) expect(inHand.add(request)).toBe(false);
    };
    const work = (): Promise<RequestEnding> => {
      // As after a lease that ran out.
      expect(inHand.add(aFrame())).toBe(false);
      return Promise.resolve(failure('MODEL_MISSING', 'installation'));
    };
    await processing(work, undefined, claimAnew)(aFrame());
    const released = ['release', 'frame-1'];
    expect(told).toEqual([released, released, released, ['end', 'frame-1', 'failure']]);
    expect(inHand.size).toBe(0);
  });

  it('gives back what was claimed anew while it was told that it was lost', async () => {
    const lost = (): Promise<RequestEnding> => {
      expect(inHand.add(aFrame())).toBe(false);
      return Promise.resolve({ kind: 'lost' });
    };
    await processing(lost)(aFrame());
    await processing(() => Promise.resolve({ kind: 'lost' }))(aFrame({ id: 'frame-2' }));
    expect(told).toEqual([
      ['release', 'frame-1'],
      ['end', 'frame-1', 'lost'],
      ['end', 'frame-2', 'lost'],
    ]);
  });

  it('gives back the next try that was claimed before it was told that this one had failed', async () => {
    const fail = (): Promise<void> => {
      expect(inHand.add(aFrame())).toBe(false);
      return Promise.resolve();
    };
    await processing(() => Promise.resolve(failure('PIPELINE_TIMEOUT', 'process')), fail)(aFrame());
    expect(told).toEqual([
      ['fail', 'frame-1', expect.anything()],
      ['release', 'frame-1'],
      ['end', 'frame-1', 'failure'],
    ]);
  });

  it('ends a refused image at once and gives everything else another attempt', async () => {
    await processing(() => Promise.resolve(failure('NOT_AN_IMAGE', 'image')))(aFrame());
    await processing(() => Promise.resolve(failure('PIPELINE_CRASHED', 'process')))(aRegistration());
    expect(told).toEqual([
      ['fail', 'frame-1', { reason: 'NOT_AN_IMAGE', retry: false, spare: false }],
      ['end', 'frame-1', 'failure'],
      ['fail', 'registration-1', { reason: 'PIPELINE_CRASHED', retry: true, spare: false }],
      ['end', 'registration-1', 'failure'],
    ]);
  });

  it.each([{ kind: 'cancelled' } as const, failure('MODEL_MISSING', 'installation')])(
    'puts back what it could not begin: %j',
    async (ending) => {
      await processing(() => Promise.resolve(ending))(aFrame());
      expect(told[0]).toEqual(['release', 'frame-1']);
    },
  );

  it('tries again what broke off with an error', async () => {
    await processing(() => Promise.reject(new Error('unexpected')))(aFrame());
    expect(told[0]).toEqual(['fail', 'frame-1', { reason: 'WORK_FAILED', retry: true, spare: false }]);
  });

  it('leaves alone what another worker has', async () => {
    await processing(() => {
      inHand.markLost('frame-1');
      return Promise.resolve(failure('PIPELINE_CRASHED', 'process'));
    })(aFrame());
    expect(told).toEqual([['end', 'frame-1', 'failure']]);
  });

  it('never rejects, and ends what it could not even fail', async () => {
    const process = processing(
      () => Promise.reject(new Error('unexpected')),
      () => Promise.reject(new Error('no database')),
    );
    await process(aFrame());
    expect(told.at(-1)).toEqual(['end', 'frame-1', 'error']);
    expect(inHand.size).toBe(0);
  });
});
