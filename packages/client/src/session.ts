import type { components } from './generated/openapi.js';
import { readRefusal } from './rollcall-error.js';

export type TokenPair = components['schemas']['TokenPair'];
export type Credentials = components['schemas']['LoginRequest'];

/** Refreshed so long before it ends, ms: a call must not arrive with a token that just ended. */
const EARLY_MS = 30_000;

export interface SessionOptions {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly tokens?: TokenPair | undefined;
  readonly onTokens?: ((tokens: TokenPair | undefined) => void) | undefined;
}

/** Who is signed in: keeps the tokens and refreshes them, once for everybody who waits. */
export class Session {
  readonly #options: SessionOptions;
  #tokens: TokenPair | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#tokens = options.tokens;
  }

  get tokens(): TokenPair | undefined {
    return this.#tokens;
  }

  async signIn(credentials: Credentials): Promise<TokenPair> {
    const tokens = await this.#send<TokenPair>('/v1/auth/login', credentials);
    this.#keep(tokens);
    return tokens;
  }

  async signOut(): Promise<void> {
    const token = this.#tokens?.refresh_token;
    this.#keep(undefined);
    if (token !== undefined) await this.#send('/v1/auth/logout', { refresh_token: token });
  }

  /** The token to send; undefined when nobody is signed in. */
  async accessToken(): Promise<string | undefined> {
    const tokens = this.#tokens;
    if (tokens !== undefined && Date.parse(tokens.expires_at) - Date.now() < EARLY_MS) await this.refresh(tokens);
    return this.#tokens?.access_token;
  }

  /**
   * Gets new tokens for those that were used; does nothing when somebody else did so meanwhile.
   *
   * @throws RollcallError when the session has ended.
   */
  async refresh(used: TokenPair): Promise<void> {
    if (this.#tokens !== used) return;
    this.#refreshing ??= this.#send<TokenPair>('/v1/auth/refresh', { refresh_token: used.refresh_token })
      .then((tokens) => this.#take(tokens, used))
      .finally(() => (this.#refreshing = undefined));
    await this.#refreshing;
  }

  /** Who signed out, or in as somebody else, while tokens were on their way shall not be signed in again by them. */
  #take(tokens: TokenPair, used: TokenPair): void {
    if (this.#tokens === used) this.#keep(tokens);
    else this.#send('/v1/auth/logout', { refresh_token: tokens.refresh_token }).catch(() => undefined);
  }

  #keep(tokens: TokenPair | undefined): void {
    this.#tokens = tokens;
    this.#options.onTokens?.(tokens);
  }

  async #send<Data>(path: string, json: object): Promise<Data> {
    const response = await this.#options.fetch(`${this.#options.baseUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
    });
    if (!response.ok) throw await readRefusal(response);
    return ((await response.json()) as { data: Data }).data;
  }
}
