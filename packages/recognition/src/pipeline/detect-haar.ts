import { existsSync } from 'node:fs';
import type { Box } from '../analysis.js';
import { native, openCv } from '../image/opencv.js';
import { RecognitionError } from '../recognition-error.js';
import type { Detector } from './detector.js';

/** Where distributions put OpenCV's cascades (Debian and Ubuntu: package opencv-data). */
const folders = ['/usr/share/opencv4/haarcascades', '/usr/local/share/opencv4/haarcascades'];
const cascadeFile = 'haarcascade_frontalface_alt2.xml';

const scaleFactor = 1.1;
const minNeighbors = 4;
/** Smallest face looked for, as a share of the image's shorter side, and in pixels. */
const leastShare = 0.04;
const leastSide = 24;

/** The RFB detector's box in sides of this one's square, same centre: medians over 316 photos of LFW. */
const boxWidth = 0.81;
const boxHeight = 1.14;

/**
 * The plan's Viola–Jones detector. It gives a square inside the face; the later stages expect a box as the RFB detector
 * draws it, so that is what comes out. It has no score of its own: the number of agreeing windows is folded into 0..1.
 */
export function haarDetector(): Detector {
  const path = folders.map((folder) => `${folder}/${cascadeFile}`).find((file) => existsSync(file));
  if (path === undefined) {
    throw new RecognitionError(
      'MODEL_MISSING',
      `${cascadeFile} is missing in ${folders.join(' and ')}; install the package opencv-data`,
    );
  }
  const cv = openCv();
  const classifier = native('cascade', () => new cv.CascadeClassifier(path));
  return {
    name: 'haar-alt2',
    detect(image) {
      const side = Math.max(leastSide, Math.round(Math.min(image.width, image.height) * leastShare));
      const found = image
        .grey()
        .withMat('cascade', (mat) =>
          classifier.detectMultiScale(mat, scaleFactor, minNeighbors, 0, new cv.Size(side, side)),
        );
      const boxes = found.objects.map((square, i) => ({
        ...asFaceBox(square),
        score: 1 - 1 / (1 + (found.numDetections[i] ?? minNeighbors)),
      }));
      return Promise.resolve(boxes.toSorted((a, b) => b.score - a.score));
    },
    release: () => Promise.resolve(),
  };
}

function asFaceBox(square: Box): Box {
  const width = square.width * boxWidth;
  const height = square.height * boxHeight;
  return {
    x: square.x + (square.width - width) / 2,
    y: square.y + (square.height - height) / 2,
    width,
    height,
  };
}
