import { createValidator, EventOut } from '@rollcall/contracts';
import { checkedFetch } from '@rollcall/testkit';

const checkEvent = createValidator(EventOut);

/** One block of a stream: an event, or a heartbeat. */
export interface StreamBlock {
  readonly id: string | undefined;
  readonly comment: string | undefined;
  readonly event: EventOut | undefined;
}

export interface TestStream {
  readonly status: number;
  /** The next block; undefined when the stream has ended in good order. */
  next(): Promise<StreamBlock | undefined>;
  /** The next event, past heartbeats; undefined at the end. */
  nextEvent(): Promise<(StreamBlock & { readonly event: EventOut }) | undefined>;
  close(): void;
}

/** Reads `/v1/events/stream` as a browser does. Reading throws when an event is not what the contract says. */
export async function openStream(
  url: string,
  { token, headers = {} }: { readonly token: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<TestStream> {
  const response = await checkedFetch(url, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
  });
  // Cancelled by its reader: a signal handed to fetch is forgotten with the request object, by the garbage collector.
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const blocks = readBlocks(reader);
  async function next(): Promise<StreamBlock | undefined> {
    const result = await blocks.next();
    return result.done === true ? undefined : result.value;
  }
  return {
    status: response.status,
    next,
    async nextEvent() {
      for (;;) {
        const block = await next();
        if (block === undefined) return undefined;
        const { event } = block;
        if (event !== undefined) return { ...block, event };
      }
    },
    close: () => void reader.cancel().catch(() => undefined),
  };
}

async function* readBlocks(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<StreamBlock, undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) yield readBlock(part);
  }
  if (text !== '') throw new Error(`the stream ends within an event: ${text.slice(0, 100)}`);
  return undefined;
}

function readBlock(part: string): StreamBlock {
  const fields = part.split('\n').map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')] as const;
  });
  const valueOf = (name: string) => fields.find(([field]) => field === name)?.[1];
  const data = valueOf('data');
  return {
    id: valueOf('id'),
    comment: valueOf(''),
    event: data === undefined ? undefined : readEvent(data),
  };
}

function readEvent(data: string): EventOut {
  const checked = checkEvent(JSON.parse(data));
  if (!checked.ok) throw new Error(`the stream gives what is no event: ${JSON.stringify(checked.problems)}\n${data}`);
  return checked.value;
}
