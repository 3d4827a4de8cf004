export { faceWorkerSettings } from './config.js';
