import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeImage } from '@rollcall/recognition';
import { enrolmentImages, readPhoto, samplePeople } from '@rollcall/sample-photos';
import type { ApiClient } from '@rollcall/testkit/rollcall';

/** What a camera at a door sends: 1280 × 720 pixels with one face, here of about 290 pixels. */
const frameWidth = 1280;
const frameHeight = 720;
const framesWritten = 4;
const BEST_QUALITY = 85;

function benchPerson() {
  const [person] = samplePeople();
  if (!person) throw new Error('there are no sample people');
  return person;
}

/**
 * Writes a few different frames of the same person as JPEG files; resolves with their paths.
 * @param mostBytes how large a file may be: the best quality (85 at most) that is not larger
 */
export async function writeBenchFrames(folder: string, mostBytes = Infinity): Promise<string[]> {
  const { photo, box } = benchPerson();
  const image = await decodeImage(await readPhoto(photo), { maxPixels: 10_000_000 });
  const paths: string[] = [];
  try {
    for (let turn = 0; turn < framesWritten; turn += 1) {
      // Cut out so that nobody else is in it, moved by a few pixels each time.
      const part = { x: box.x - 90 + turn * 4, y: box.y - 150 + turn * 3, width: 400, height: 520 };
      const cut = image.region(part);
      const scale = Math.min(frameHeight / cut.height, frameWidth / cut.width);
      const frame = cut
        .resize(Math.round(cut.width * scale), Math.round(cut.height * scale))
        .padTo(frameWidth, frameHeight)
        .adjustLight(0.9 + turn * 0.05, 0);
      const path = join(folder, `frame-${String(turn)}.jpg`);
      let quality = BEST_QUALITY;
      let bytes = frame.encodeJpeg(quality);
      while (bytes.length > mostBytes && quality > 1) bytes = frame.encodeJpeg((quality -= 1));
      await writeFile(path, bytes);
      paths.push(path);
    }
  } finally {
    image.dispose();
  }
  return paths;
}

/** Creates and enrols the person the frames show, so that every frame becomes attendance. */
export async function enrolBenchPerson(api: ApiClient, token: string): Promise<void> {
  const user = await api.call<{ user_id: string }>('POST', '/v1/ops/user', {
    token,
    json: { full_name: 'Bench Person', email: 'bench@example.org' },
  });
  if (user.status !== 201) throw new Error(`user: ${String(user.status)} ${JSON.stringify(user.body)}`);
  const images = await enrolmentImages(benchPerson().key);
  const answer = await api.register<{ face_registered: boolean }>(
    token,
    user.body.data.user_id,
    images.map((image) => image.bytes),
    { prefer: 'wait=30' },
  );
  if (!answer.body.data.face_registered) throw new Error(`enrolment: ${JSON.stringify(answer.body)}`);
}
