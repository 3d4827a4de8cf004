import type { ApiClient } from '@rollcall/testkit/rollcall';

/** What the camera of this number calls itself. */
export function cameraName(number: number): string {
  return `bench-${String(number)}`;
}

/** Adds cameras as an administrator would; answers the key of each. */
export async function addBenchCameras(api: ApiClient, token: string, count: number): Promise<string[]> {
  const keys: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const answer = await api.call<{ api_key: string }>('POST', '/v1/admin/device', {
      token,
      json: { source_type: 'camera', source_id: cameraName(number) },
    });
    if (answer.status !== 201) throw new Error(`a camera could not be added: ${answer.body.code}`);
    keys.push(answer.body.data.api_key);
  }
  return keys;
}
