import type {
  AttendanceOut,
  EventOut,
  LoginRequest,
  NotificationOut,
  RecognizeFields,
  RecognizeResponse,
  RegisterResponse,
  TokenPair,
  UserCreate,
  UserOut,
} from '@rollcall/contracts';
import type { Answer } from './read-envelope.js';
import { sendRequest, type ApiRequest, type Connection } from './send-request.js';

/** An image and the name it goes by in the call. */
export interface ImageFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface AttendanceFilter {
  /** First and last work date, YYYY-MM-DD. */
  readonly from?: string;
  readonly to?: string;
  readonly user_id?: string;
}

export interface FeedPosition {
  readonly after?: string;
  readonly limit?: number;
  /** Seconds the server may wait for something new, up to 30. */
  readonly wait?: number;
}

/** How a call that creates something is sent. */
export interface CreateOptions {
  /** The same key never creates twice; a call without one is never repeated. */
  readonly idempotencyKey?: string;
  /** Seconds the server may hold the answer until the result is there, up to 30. */
  readonly waitSeconds?: number;
}

const PAGE = 200;

/** Rollcall's HTTP interface, as far as the command and the demo use it. Every method may throw an ApiError. */
export class ApiClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get url(): string {
    return this.#connection.baseUrl;
  }

  /** The same Rollcall as somebody. */
  as(accessToken: () => Promise<string>): ApiClient {
    return new ApiClient({ ...this.#connection, accessToken });
  }

  async login(json: LoginRequest): Promise<TokenPair> {
    return (await this.#send<TokenPair>({ method: 'POST', path: '/v1/auth/login', json })).data;
  }

  /** Trades a refresh token for the next pair. */
  async refresh(refreshToken: string): Promise<TokenPair> {
    const json = { refresh_token: refreshToken };
    return (await this.#send<TokenPair>({ method: 'POST', path: '/v1/auth/refresh', json, repeatable: true })).data;
  }

  /** Ends the session of a refresh token. */
  async logout(refreshToken: string): Promise<void> {
    await this.#send({ method: 'POST', path: '/v1/auth/logout', json: { refresh_token: refreshToken } });
  }

  async createUser(json: UserCreate, options: CreateOptions = {}): Promise<UserOut> {
    return (await this.#send<UserOut>({ method: 'POST', path: '/v1/ops/user', json, ...options })).data;
  }

  /** Everybody, or those whose name, address or employee code fits. */
  listUsers(search?: string): AsyncIterable<UserOut> {
    return this.#pages<UserOut>('/v1/ops/user', { search });
  }

  /** Enrols a person from 3–5 images. The registration may still be queued in the answer: its status says so. */
  async registerFaces(userId: string, images: readonly ImageFile[], options: CreateOptions): Promise<RegisterResponse> {
    const form = new FormData();
    form.set('user_id', userId);
    for (const image of images) form.append('images', new Blob([image.bytes]), image.name);
    const request = { method: 'POST', path: '/faces/register', form, ...options } as const;
    return (await this.#send<RegisterResponse>(request)).data;
  }

  async getRegistration(id: string): Promise<RegisterResponse> {
    return (await this.#send<RegisterResponse>({ method: 'GET', path: `/faces/registrations/${id}` })).data;
  }

  /** Sends a frame. The answer holds the result only when it came within `waitSeconds`: its status says so. */
  async recognize(fields: RecognizeFields, image: ImageFile, options: CreateOptions): Promise<RecognizeResponse> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('image', new Blob([image.bytes]), image.name);
    const request = { method: 'POST', path: '/faces/recognize', form, ...options } as const;
    return (await this.#send<RecognizeResponse>(request)).data;
  }

  async getRecognition(id: string): Promise<RecognizeResponse> {
    return (await this.#send<RecognizeResponse>({ method: 'GET', path: `/faces/recognitions/${id}` })).data;
  }

  listAttendance(filter: AttendanceFilter): AsyncIterable<AttendanceOut> {
    return this.#pages<AttendanceOut>('/v1/ops/attendance', { ...filter });
  }

  /** One page of the event feed; `nextCursor` is where to go on. */
  readEvents({ types, ...position }: FeedPosition & { readonly types?: string }): Promise<Answer<EventOut[]>> {
    return this.#feed<EventOut>('/v1/events', { ...position, types });
  }

  /** One page of one's own notifications. */
  readNotifications(position: FeedPosition): Promise<Answer<NotificationOut[]>> {
    return this.#feed<NotificationOut>('/v1/notifications', { ...position });
  }

  #feed<Row>(path: string, query: Record<string, string | number | undefined>): Promise<Answer<Row[]>> {
    const waitSeconds = Number(query['wait'] ?? 0);
    return this.#send<Row[]>({ method: 'GET', path, query, waitSeconds });
  }

  async *#pages<Row>(path: string, query: Record<string, string | undefined>): AsyncGenerator<Row> {
    let cursor: string | undefined;
    do {
      const page: Answer<Row[]> = await this.#send<Row[]>({
        method: 'GET',
        path,
        query: { ...query, limit: PAGE, cursor },
      });
      yield* page.data;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  #send<Data>(request: ApiRequest): Promise<Answer<Data>> {
    return sendRequest<Data>(this.#connection, request);
  }
}
