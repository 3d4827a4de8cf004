import type { ApiClient } from '@rollcall/testkit/rollcall';
import { enrolmentImages } from '@rollcall/sample-photos';
import { expect } from 'vitest';

/** What `POST /faces/register` answers with. */
export interface Registered {
  registration_id: string;
  status: string;
  face_registered: boolean;
  faces: { face_id: string; image_index: number }[];
  rejected: { image_index: number; code: string }[];
}

/** What `GET /faces/recognitions/{id}` answers with. */
export interface Recognized {
  recognition_id: string;
  status: string;
  reason?: string;
  gallery_version: number | null;
  synthetic: boolean;
  faces: {
    decision: string;
    user_id?: string;
    face_id?: string;
    similarity?: number;
    margin?: number;
    reason?: string;
  }[];
}

/** A person with a log-in of their own, enrolled with the variants of one photo. */
export interface EnrolledPerson {
  userId: string;
  faceIds: string[];
  email: string;
  password: string;
}

/** Creates a user over the API and enrols them from the sample photos. */
export async function enrolPerson(
  api: ApiClient,
  token: string,
  personKey: string,
  name: string,
): Promise<EnrolledPerson> {
  const email = `${name}@example.org`;
  const password = `a-long-password-of-${name}`;
  const user = await api.call<{ user_id: string }>('POST', '/v1/ops/user', {
    token,
    json: { full_name: name, email, password },
  });
  expect(user.status, JSON.stringify(user.body)).toBe(201);
  const images = await enrolmentImages(personKey);
  const answer = await api.register<Registered>(
    token,
    user.body.data.user_id,
    images.map((image) => image.bytes),
    { prefer: 'wait=30' },
  );
  expect(answer.body.data, JSON.stringify(answer.body)).toMatchObject({ face_registered: true, status: 'completed' });
  return {
    userId: user.body.data.user_id,
    faceIds: answer.body.data.faces.map((face) => face.face_id),
    email,
    password,
  };
}
