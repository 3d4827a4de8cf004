const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** What browsers put before base64 in a data URL. */
const DATA_URL = /^data:image\/[a-z0-9.+-]{1,40};base64,/i;

/** The bytes of base64 text (also as a data URL of an image); undefined for anything else, unlike Buffer, which guesses. */
export function decodeBase64(text: string): Buffer | undefined {
  const start = DATA_URL.exec(text)?.[0].length ?? 0;
  const encoded = start === 0 ? text : text.slice(start);
  if (encoded.length % 4 !== 0 || !BASE64.test(encoded)) return undefined;
  return Buffer.from(encoded, 'base64');
}
