import { describe, expect, it } from 'vitest';
import { submitRegistration, type Registration, type SubmitRegistrationPorts } from './submit-registration.js';

const image = {
  bytes: Buffer.from('image'),
  contentType: 'image/jpeg',
  width: 64,
  height: 48,
  sha256: Buffer.alloc(32, 1),
};
const registration: Registration = {
  organizationId: 'organization',
  userId: 'user',
  actor: 'user:me',
  correlationId: 'correlation',
  idempotencyKey: null,
  receivedAt: new Date('2025-03-03T08:59:13Z'),
  uploadedIds: [],
  images: [image, image, image],
};

function ports(given: Partial<SubmitRegistrationPorts>) {
  const objects = new Set<string>();
  let ids = 0;
  return {
    objects,
    ports: {
      newId: () => `id-${++ids}`,
      newObjectKey: () => `object-${++ids}`,
      storeObject: (key: string) => Promise.resolve(void objects.add(key)),
      discardObject: (key: string) => Promise.resolve(void objects.delete(key)),
      isSurelyNotCommitted: () => true,
      commit: () => Promise.resolve({ status: 'created' as const, id: 'request' }),
      ...given,
    },
  };
}

describe('submitRegistration', () => {
  it('stores every image and tells their places in order', async () => {
    const { objects, ports: given } = ports({
      commit: ({ images }) => {
        expect(images.map(({ index }) => index)).toEqual([0, 1, 2]);
        expect(new Set(images.map(({ object_key }) => object_key))).toEqual(objects);
        return Promise.resolve({ status: 'created', id: 'request' });
      },
    });
    await submitRegistration(registration, given);
    expect(objects.size).toBe(3);
  });

  it('leaves nothing behind when one image cannot be stored, also not one that was written meanwhile', async () => {
    let finishSlowWrite: (() => void) | undefined;
    const { objects, ports: given } = ports({});
    let writes = 0;
    const submitted = submitRegistration(registration, {
      ...given,
      storeObject: async (key) => {
        writes += 1;
        if (writes === 1) throw new Error('disk is full');
        if (writes === 3) await new Promise<void>((resolve) => (finishSlowWrite = resolve));
        objects.add(key);
      },
    });
    finishSlowWrite?.();
    await expect(submitted).rejects.toThrow('disk is full');
    expect(objects).toEqual(new Set());
  });

  it('takes the images away when nothing new was made or nothing was committed', async () => {
    const unknown = ports({ commit: () => Promise.resolve({ status: 'user_not_found', id: 'request' }) });
    await submitRegistration(registration, unknown.ports);
    expect(unknown.objects).toEqual(new Set());
    const failed = ports({ commit: () => Promise.reject(new Error('database is down')) });
    await expect(submitRegistration(registration, failed.ports)).rejects.toThrow('database is down');
    expect(failed.objects).toEqual(new Set());
  });
});
