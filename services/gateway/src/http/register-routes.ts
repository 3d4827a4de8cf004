import type { Operation } from '@rollcall/contracts';
import { AppError } from '@rollcall/service-kit';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { Call, Principal } from './call.js';
import { callerAddress } from './caller-address.js';
import { createCheck } from './check-call.js';
import { contextOf } from './middleware/request-context.js';
import type { ByteBudget, HeldBytes } from './reading/byte-budget.js';
import { createBodyReader, type ImageLimits } from './reading/read-body.js';
import type { Route } from './route.js';
import { sendReply } from './send-reply.js';

export interface RoutePorts {
  /** @throws UNAUTHENTICATED, TOKEN_EXPIRED; for made-up device keys TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE. */
  readonly authenticate: (authorization: string | undefined, address: string) => Promise<Principal>;
  readonly imageLimits: (organizationId: string, operation: Operation) => Promise<ImageLimits>;
  readonly uploads: ByteBudget;
}

/** Puts every route under its operation's method and path; other methods there are answered 405. */
export function registerRoutes(app: Express, routes: readonly Route[], ports: RoutePorts): void {
  for (const route of routes) {
    app[route.operation.method](expressPath(route.operation.path), createHandler(route, ports));
  }
  for (const path of new Set(routes.map(({ operation }) => operation.path))) {
    const methods = routes.filter(({ operation }) => operation.path === path).map(({ operation }) => operation.method);
    app.all(expressPath(path), refuseMethod(methods));
  }
}

function createHandler({ operation, handle }: Route, ports: RoutePorts): RequestHandler {
  const checkParams = operation.params && createCheck(operation.params, { text: false, kept: false });
  const checkQuery = operation.query && createCheck(operation.query, { text: true, kept: false });
  const readBody = createBodyReader(operation);

  async function answer(request: Request, response: Response, held: HeldBytes): Promise<void> {
    const context = contextOf(request);
    context.operationId = operation.id;
    const principal = operation.access === 'public' ? null : await identify(request, operation);
    const params = checkParams?.({ ...request.params });
    // Without a query schema any query is ignored: caches and probes like to add one.
    const query = checkQuery?.({ ...request.query });
    const imageLimits = () => ports.imageLimits(principal?.organizationId ?? '', operation);
    const address = callerAddress(request);
    const uploader = { organizationId: principal?.organizationId ?? '', actor: principal?.actor ?? address };
    const body = await readBody(request, response, imageLimits, (bytes) => held.reserve(bytes, uploader));
    const { requestId, correlationId } = context;
    const { headers } = request;
    const signal = goneSignal(response);
    const call = {
      requestId,
      correlationId,
      address,
      principal,
      params,
      query,
      body,
      headers,
      signal,
      bodyStored: () => held.release(),
      checkAccess: () => identify(request, operation),
    } as unknown as Call;
    await sendReply(response, requestId, await handle(call));
  }

  async function identify(request: Request, { access, deviceScopes = [] }: Operation): Promise<Principal> {
    const principal = await ports.authenticate(request.headers.authorization, callerAddress(request));
    const context = contextOf(request);
    context.actor = principal.actor;
    context.organizationId = principal.organizationId;
    const allowed = access as readonly string[];
    if (principal.kind === 'user' && !allowed.includes(principal.role)) throw new AppError('FORBIDDEN');
    if (principal.kind === 'device') {
      const may = allowed.includes('DEVICE') && deviceScopes.some((scope) => principal.scopes.has(scope));
      if (!may) throw new AppError('FORBIDDEN', { message: 'This device key does not allow this.' });
    }
    return principal;
  }

  return (request, response, next) => {
    const held = ports.uploads.hold();
    answer(request, response, held)
      .catch(next)
      .finally(() => held.release());
  };
}

/** `/v1/ops/user/{user_id}` as Express writes it. */
function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function refuseMethod(methods: readonly string[]): RequestHandler {
  const allowed = methods.map((method) => method.toUpperCase()).concat(methods.includes('get') ? ['HEAD'] : []);
  return (_request, response, next) => {
    response.setHeader('Allow', allowed.join(', '));
    next(new AppError('METHOD_NOT_ALLOWED'));
  };
}

function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
