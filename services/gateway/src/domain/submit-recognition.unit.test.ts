import { describe, expect, it, vi } from 'vitest';
import type { SubmissionOutcome } from './recognition-submission.js';
import { submitRecognition, type Frame, type SubmitRecognitionPorts } from './submit-recognition.js';

const image = {
  bytes: Buffer.from('image'),
  contentType: 'image/jpeg',
  width: 64,
  height: 48,
  sha256: Buffer.alloc(32, 1),
};
const frame: Frame = {
  organizationId: 'organization',
  actor: 'user:me',
  correlationId: 'correlation',
  idempotencyKey: 'key',
  sourceType: 'camera',
  sourceId: 'entrance',
  mode: null,
  capturedAt: new Date('2025-03-03T08:59:12Z'),
  receivedAt: new Date('2025-03-03T08:59:13Z'),
  lateArrival: false,
  expiresAt: new Date('2025-03-10T08:59:12Z'),
  mayCreateSource: true,
  image,
  calledFrom: null,
};

function ports(commit: SubmitRecognitionPorts['commit'], given: Partial<SubmitRecognitionPorts> = {}) {
  const objects = new Set<string>();
  let ids = 0;
  return {
    objects,
    ports: {
      newId: () => `id-${++ids}`,
      newObjectKey: () => 'object',
      storeObject: (key: string) => Promise.resolve(void objects.add(key)),
      discardObject: (key: string) => Promise.resolve(void objects.delete(key)),
      isSurelyNotCommitted: () => true,
      commit,
      ...given,
    },
  };
}

const answer = (status: SubmissionOutcome['status']) => () => Promise.resolve({ status, id: 'request' });

describe('submitRecognition', () => {
  it('puts kiosks before uploads and uploads before cameras, each with the end of its time', async () => {
    const places: (readonly [number, string | null])[] = [];
    const { ports: given } = ports(({ priority, expires_at }) => {
      places.push([priority, expires_at]);
      return Promise.resolve({ status: 'created', id: 'request' });
    });
    for (const sourceType of ['camera', 'upload', 'kiosk']) await submitRecognition({ ...frame, sourceType }, given);
    const end = '2025-03-10T08:59:12.000Z';
    expect(places).toEqual([
      [0, end],
      [10, end],
      [20, end],
    ]);
  });

  it('stores the image before the request is committed, and names it there', async () => {
    const commit = vi.fn(answer('created'));
    const { objects, ports: given } = ports((submission) => {
      expect(objects).toContain(submission.image_key);
      return commit();
    });
    await expect(submitRecognition(frame, given)).resolves.toEqual({ status: 'created', id: 'request' });
    expect(commit).toHaveBeenCalledOnce();
    expect(objects).toEqual(new Set(['object']));
  });

  it.each(['replayed', 'conflict', 'unknown_source', 'source_inactive'] as const)(
    'takes the image away again when the answer is %s',
    async (status) => {
      const { objects, ports: given } = ports(answer(status));
      await submitRecognition(frame, given);
      expect(objects).toEqual(new Set());
    },
  );

  it('takes the image away when nothing was committed, and tells the error', async () => {
    const failure = new Error('database is down');
    const { objects, ports: given } = ports(() => Promise.reject(failure));
    await expect(submitRecognition(frame, given)).rejects.toBe(failure);
    expect(objects).toEqual(new Set());
  });

  it('leaves the image when nobody knows whether the request was committed', async () => {
    const { objects, ports: given } = ports(() => Promise.reject(new Error('cut')), {
      isSurelyNotCommitted: () => false,
    });
    await expect(submitRecognition(frame, given)).rejects.toThrow('cut');
    expect(objects).toEqual(new Set(['object']));
  });

  it('commits nothing when the image cannot be stored', async () => {
    const commit = vi.fn(answer('created'));
    const { ports: given } = ports(commit, { storeObject: () => Promise.reject(new Error('disk is full')) });
    await expect(submitRecognition(frame, given)).rejects.toThrow('disk is full');
    expect(commit).not.toHaveBeenCalled();
  });

  it('tells the trail who sent a frame from where, and what they said of it; nothing of a device', async () => {
    const trails: unknown[] = [];
    const { ports: given } = ports((submission) => {
      trails.push(submission.trail);
      return answer('created')();
    });
    await submitRecognition({ ...frame, calledFrom: { address: '192.0.2.7' } }, given);
    await submitRecognition(frame, given);
    const { sourceType: source_type, sourceId: source_id, capturedAt: captured_at, receivedAt: received_at } = frame;
    const detail = { address: '192.0.2.7', source_type, source_id, captured_at, received_at };
    expect(trails).toEqual([{ event_id: expect.stringMatching(/^id-/) as string, detail }, undefined]);
  });

  it('gives the same body the same hash, and another body another one', async () => {
    const hashes: (string | null)[] = [];
    const { ports: given } = ports((submission) => {
      hashes.push(submission.body_hash);
      return answer('created')();
    });
    await submitRecognition(frame, given);
    await submitRecognition({ ...frame, correlationId: 'other', receivedAt: new Date() }, given);
    await submitRecognition({ ...frame, sourceId: 'exit' }, given);
    await submitRecognition({ ...frame, image: { ...image, sha256: Buffer.alloc(32, 2) } }, given);
    await submitRecognition({ ...frame, idempotencyKey: null }, given);
    expect(hashes[1]).toBe(hashes[0]);
    expect(new Set(hashes.slice(1)).size).toBe(4);
    expect(hashes[4]).toBeNull();
  });
});
