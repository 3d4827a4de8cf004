import { randomUUID } from 'node:crypto';
import type { UserOut } from '@rollcall/contracts';
import type { ApiClient, ImageFile } from '../api/api-client.js';
import { waitForRegistration } from '../api/wait-for-result.js';
import type { DemoImage, DemoPerson } from './demo-plan.js';

export interface PreparedPerson {
  readonly person: DemoPerson;
  readonly userId: string;
  /** What was done, for the reader. */
  readonly outcome: string;
}

/**
 * Makes sure that a person is there and enrolled. Somebody with the employee code who has faces is left as they are, so
 * a second run enrols nobody twice.
 *
 * @throws ApiError when the images are not good enough
 */
export async function preparePerson(client: ApiClient, person: DemoPerson): Promise<PreparedPerson> {
  const known = await findByEmployeeCode(client, person.employeeCode);
  if (known !== undefined && known.face_count > 0) {
    return { person, userId: known.user_id, outcome: `there already, with ${known.face_count} faces` };
  }
  const { user_id: userId } = known ?? (await create(client, person));
  const images = await Promise.all(person.images.map(loadImage));
  const accepted = await client.registerFaces(userId, images, { idempotencyKey: randomUUID(), waitSeconds: 30 });
  const { faces } = await waitForRegistration(client, accepted);
  return { person, userId, outcome: `enrolled from ${describeImages(person.images, faces.length)}` };
}

async function findByEmployeeCode(client: ApiClient, code: string): Promise<UserOut | undefined> {
  for await (const user of client.listUsers(code)) if (user.employee_code === code) return user;
  return undefined;
}

function create(client: ApiClient, { fullName, employeeCode }: DemoPerson): Promise<UserOut> {
  return client.createUser({ full_name: fullName, employee_code: employeeCode }, { idempotencyKey: randomUUID() });
}

export async function loadImage({ label, load }: DemoImage): Promise<ImageFile> {
  return { name: fileNameOf(label), bytes: new Uint8Array(await load()) };
}

function describeImages(images: readonly DemoImage[], good: number): string {
  return good === images.length ? `${good} images` : `${good} good ones of ${images.length} images`;
}

/** A label may hold anything; a file name in a form should not. */
function fileNameOf(label: string): string {
  const name = label.replace(/[^\w.-]+/g, '-').slice(0, 80);
  return /\.(jpe?g|png|webp)$/i.test(name) ? name : `${name}.jpg`;
}
