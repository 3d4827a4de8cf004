import createClient, { type Client } from 'openapi-fetch';
import type { FiltersOf, ListPath, RowOf, Send } from './call-types.js';
import { followEvents, type Event, type FollowOptions } from './follow-events.js';
import type { components, paths } from './generated/openapi.js';
import { Session, type Credentials, type TokenPair } from './session.js';
import { createTransport, isRepeatable } from './transport.js';

type Schemas = components['schemas'];

export interface RollcallOptions {
  /** Where Rollcall answers, such as `https://rollcall.example`. */
  readonly baseUrl: string;
  /** Of a camera or kiosk: then nobody signs in. */
  readonly deviceKey?: string;
  /** An access token that somebody else keeps fresh, asked for before each call. */
  readonly accessToken?: () => string | Promise<string>;
  /** A session to go on with; see `onTokens`. */
  readonly tokens?: TokenPair;
  /** Called with new tokens after each sign-in and refresh, and with nothing after the sign-out: keep them, or forget them. */
  readonly onTokens?: (tokens: TokenPair | undefined) => void;
  /** Ends everything that is under way. */
  readonly signal?: AbortSignal;
  /** How often a call that is safe to repeat is repeated; 3. */
  readonly repeats?: number;
  /** How long an answer may take, ms; 20 s. */
  readonly timeoutMs?: number;
  /** What is safe to repeat; a GET, and what has an Idempotency-Key. */
  readonly isRepeatable?: (request: Request) => boolean;
  readonly fetch?: typeof fetch;
}

/** How a call that creates is sent. */
export interface CreateOptions {
  /** The same key never creates twice. `once()` makes one. */
  readonly idempotencyKey?: string;
  /** Seconds the answer may be held until the result is there, 30 at most. */
  readonly waitSeconds?: number;
}

export interface Image {
  readonly bytes: Uint8Array<ArrayBuffer> | Blob;
  readonly name?: string;
}

/** Rollcall, as somebody. Every call may throw a RollcallError. */
export class Rollcall {
  /** Every operation as openapi-fetch calls it. */
  readonly api: Client<paths>;
  /** Any request, as everything above is sent: with credentials, repeated when that is safe, thrown when refused. */
  readonly send: (request: Request) => Promise<Response>;
  readonly get: Send<'get'>;
  readonly post: Send<'post'>;
  readonly patch: Send<'patch'>;
  readonly delete: Send<'delete'>;
  readonly #session: Session;

  constructor(options: RollcallOptions) {
    const baseUrl = options.baseUrl.replace(/\/+$/, '');
    // Looked up at each call, and called as a function of nobody: browsers insist.
    const send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#session = new Session({ baseUrl, fetch: send, tokens: options.tokens, onTokens: options.onTokens });
    const { deviceKey, signal, repeats = 3, timeoutMs = 20_000 } = options;
    const credential = deviceKey === undefined ? options.accessToken : () => deviceKey;
    this.send = createTransport({
      fetch: send,
      session: this.#session,
      credential,
      isRepeatable: options.isRepeatable ?? isRepeatable,
      repeats,
      timeoutMs,
      signal,
    });
    this.api = createClient<paths>({ baseUrl, fetch: this.send });
    const sender =
      (method: 'GET' | 'POST' | 'PATCH' | 'DELETE') =>
      async (path: string, init: object = {}): Promise<unknown> => {
        const call = this.api[method] as (path: string, init: object) => Promise<{ data?: unknown }>;
        return (await call(path, init)).data;
      };
    this.get = sender('GET') as Send<'get'>;
    this.post = sender('POST') as Send<'post'>;
    this.patch = sender('PATCH') as Send<'patch'>;
    this.delete = sender('DELETE') as Send<'delete'>;
  }

  /** The tokens in use; undefined when nobody is signed in. */
  get tokens(): TokenPair | undefined {
    return this.#session.tokens;
  }

  /** Signs in; the session is refreshed by itself until it ends or `signOut()`. */
  async signIn(credentials: Credentials): Promise<Schemas['UserInfo']> {
    return (await this.#session.signIn(credentials)).user;
  }

  signOut(): Promise<void> {
    return this.#session.signOut();
  }

  /** Every row of a list, page by page: `for await (const person of rollcall.list('/v1/ops/user')) …`. */
  async *list<Path extends ListPath>(path: Path, filters?: FiltersOf<Path>): AsyncGenerator<RowOf<Path>, void> {
    const read = this.get as unknown as (path: string, init: object) => Promise<Page<RowOf<Path>>>;
    let cursor: string | null | undefined;
    do {
      const query = { limit: 200, ...filters, ...(cursor === undefined ? {} : { cursor }) };
      const page = await read(path, { params: { query } });
      yield* page.data;
      cursor = page.meta.next_cursor;
    } while (cursor !== null);
  }

  /** Events in the order they were committed, each once, as they come; ends only with its signal or an error. */
  events(options: FollowOptions = {}): AsyncGenerator<Event, void> {
    return followEvents(this.api, options);
  }

  /** Enrols a person from 3 to 5 images. The result may be `queued`: its status says so. */
  async register(
    userId: string,
    images: readonly Image[],
    options: CreateOptions = {},
  ): Promise<Schemas['RegisterResponse']> {
    const form = new FormData();
    form.set('user_id', userId);
    images.forEach((image, index) => {
      form.append('images', ...fileOf(image, `image-${index}.jpg`));
    });
    return this.#sendForm<Schemas['RegisterResponse']>('/faces/register', form, options);
  }

  /** Sends a frame: as multipart, which is less work than base64 for both sides. The result may be `queued`: its status says so, unless `waitSeconds` was enough. */
  async recognize(
    fields: Omit<Schemas['RecognizeRequest'], 'image'>,
    image: Image,
    options: CreateOptions = {},
  ): Promise<Schemas['RecognizeResponse']> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('image', ...fileOf(image, 'frame.jpg'));
    return this.#sendForm<Schemas['RecognizeResponse']>('/faces/recognize', form, options);
  }

  async #sendForm<Data>(path: string, body: FormData, options: CreateOptions): Promise<Data> {
    const post = this.post as unknown as (path: string, init: object) => Promise<{ data: Data }>;
    const answer = await post(path, { headers: headersOf(options), body, bodySerializer: (form: FormData) => form });
    return answer.data;
  }
}

interface Page<Row> {
  readonly data: readonly Row[];
  readonly meta: { readonly next_cursor: string | null };
}

/** A key that no other call has: `{ headers: once() }` makes a POST safe to repeat, also by `Rollcall` itself. */
export function once(key: string = crypto.randomUUID()): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': key };
}

function headersOf({ idempotencyKey, waitSeconds }: CreateOptions): Record<string, string> {
  return {
    ...once(idempotencyKey),
    ...(waitSeconds === undefined ? {} : { Prefer: `wait=${waitSeconds}` }),
  };
}

function fileOf({ bytes, name }: Image, otherwise: string): [blob: Blob, name: string] {
  return [bytes instanceof Blob ? bytes : new Blob([bytes]), name ?? otherwise];
}
