import { enrolmentImages, frames, samplePeople, visitorImages } from '@rollcall/sample-photos';
import { ApiClient, type RunningRollcall } from '@rollcall/testkit/rollcall';
import type { LoadImage } from '../load/camera.js';

/** So many people are enrolled; frames show them and strangers. */
const ENROLLED = 6;
const CAMERAS = 4;

export interface PreparedPeople {
  readonly images: readonly LoadImage[];
  readonly visitor: { readonly userId: string; readonly images: readonly Uint8Array[] };
  readonly cameras: readonly { readonly name: string; readonly key: string }[];
}

/** Enrols people from the sample photos and adds cameras, over HTTP as an administrator does. */
export async function preparePeople(rollcall: RunningRollcall): Promise<PreparedPeople> {
  const api = new ApiClient(rollcall.url);
  const token = await api.login(rollcall.admin.email, rollcall.admin.password);
  const addUser = async (name: string): Promise<string> => {
    const json = { full_name: name, email: `${name}@example.org` };
    const answer = await api.call<{ user_id: string }>('POST', '/v1/ops/user', { token, json });
    if (answer.status !== 201) throw new Error(`${name} could not be added: ${answer.body.code}`);
    return answer.body.data.user_id;
  };
  const images: LoadImage[] = [];
  for (const { key } of samplePeople().slice(0, ENROLLED)) {
    const variants = (await enrolmentImages(key)).map(({ bytes }) => bytes);
    const prefer = { prefer: 'wait=30' };
    const answer = await api.register<{ status: string }>(token, await addUser(key), variants, prefer);
    if (answer.body.data.status !== 'completed') throw new Error(`${key} could not be enrolled: ${answer.body.code}`);
    images.push(...variants.map((bytes) => ({ bytes, mode: 'single' as const })));
  }
  const visitorPhotos = (await visitorImages()).map(({ bytes }) => bytes);
  images.push(...visitorPhotos.map((bytes) => ({ bytes, mode: 'single' as const })));
  // Whole photos with people and strangers; fewer, since each costs as much as several of the others.
  const whole = (await frames()).filter(({ occasion }) => occasion === 'arrival').slice(0, 3);
  images.push(...whole.map(({ bytes }) => ({ bytes, mode: 'group' as const })));
  const cameras = [];
  for (let number = 1; number <= CAMERAS; number += 1) {
    const name = `gate-${number}`;
    const json = { source_type: 'camera', source_id: name };
    const answer = await api.call<{ api_key: string }>('POST', '/v1/admin/device', { token, json });
    if (answer.status !== 201) throw new Error(`${name} could not be added: ${answer.body.code}`);
    cameras.push({ name, key: answer.body.data.api_key });
  }
  return { images, visitor: { userId: await addUser('visitor'), images: visitorPhotos }, cameras };
}
