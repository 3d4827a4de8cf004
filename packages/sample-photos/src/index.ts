export {
  enrolmentImages,
  samplePeople,
  visitorImages,
  type EnrolmentImage,
  type SamplePerson,
} from './enrolment-images.js';
export { readPhoto } from './read-photo.js';
export { sampleFaces, samplePhotos, type SampleFace, type SamplePhoto } from './sample-faces.js';
export { unfitImages, type UnfitImage } from './unfit-images.js';
export { crossPhotoPair, frames, type Occasion, type SampleFrame } from './sample-frames.js';
