export { cliConfigSchema } from './config.js';
export { startSettings } from './local/start-settings.js';
