/** The code of an error of the system (`ENOENT`) or of Postgres (an SQLSTATE); empty when it has none. */
export function errorCode(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}
