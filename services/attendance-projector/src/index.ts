export { projectorSettings } from './config.js';
