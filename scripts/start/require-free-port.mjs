import { createServer } from 'node:net';
import { StartError } from './start-error.mjs';

/**
 * Says early, in one line, that the port is taken; the gateway would find out only after everything else.
 * @param {string} host @param {number} port
 * @throws StartError
 */
export function requireFreePort(host, port) {
  return new Promise((done, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `port ${port} is taken: stop what uses it, or choose another with PORT=${port + 1} npm start`
          : `cannot listen on ${host}:${port} (${error.code}): set HOST and PORT`;
      reject(new StartError(reason));
    });
    server.listen(port, host, () => server.close(() => done(undefined)));
  });
}
