import { checkedFetch } from '../contract/checked-fetch.js';

/** The envelope of every answer, as docs/api.md describes it. */
export interface Envelope<T = unknown> {
  success: boolean;
  code: string;
  message: string;
  data: T;
  meta: { request_id: string; next_cursor?: string | null };
  errors: { path: string; code: string; message: string }[];
}

/** Status, headers and envelope of one call. */
export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  body: Envelope<T>;
}

/** What a call sends besides method and path. */
export interface CallOptions {
  token?: string;
  json?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
}

/** A thin black-box client: no retries, no hidden state, so that a test sees just what a client would; every answer is compared with the document. */
export class ApiClient {
  constructor(readonly baseUrl: string) {}

  async call<T = unknown>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
    const headers: Record<string, string> = { ...options.headers };
    if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
    let body: string | FormData | undefined = options.form;
    if (options.json !== undefined) {
      headers['content-type'] = 'application/json';
      body = JSON.stringify(options.json);
    }
    const response = await checkedFetch(this.baseUrl + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Envelope<T> };
  }

  /** Logs in and returns the access token. */
  async login(email: string, password: string): Promise<string> {
    const answer = await this.call<{ access_token: string }>('POST', '/v1/auth/login', { json: { email, password } });
    if (answer.status !== 200) throw new Error(`login answered ${String(answer.status)} ${answer.body.code}`);
    return answer.body.data.access_token;
  }

  /** `POST /faces/register` with the images as files. */
  async register<T>(
    token: string,
    userId: string,
    images: Uint8Array[],
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const form = new FormData();
    form.set('user_id', userId);
    images.forEach((bytes, index) => {
      form.append('images', jpegBlob(bytes), `image-${String(index)}.jpg`);
    });
    return this.call<T>('POST', '/faces/register', { token, form, headers });
  }

  /** `POST /faces/recognize` as multipart; `timestamp` RFC 3339. */
  async recognize<T>(
    token: string,
    frame: { image: Uint8Array; sourceId: string; timestamp: string },
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const form = new FormData();
    form.set('source_type', 'camera');
    form.set('source_id', frame.sourceId);
    form.set('timestamp', frame.timestamp);
    form.set('image', jpegBlob(frame.image), 'frame.jpg');
    return this.call<T>('POST', '/faces/recognize', { token, form, headers });
  }
}

function jpegBlob(bytes: Uint8Array): Blob {
  return new Blob([Uint8Array.from(bytes)], { type: 'image/jpeg' });
}
