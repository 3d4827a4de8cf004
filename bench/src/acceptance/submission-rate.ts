import { newId } from '@rollcall/service-kit';
import pg from 'pg';

/** Frames in one call: as many as the gateway commits together at most, when frames come faster than commits. */
export const FRAMES_A_CALL = 100;

/**
 * Rows a second through `submit_recognitions` on `connections` connections at once, durable and with rings, as the
 * gateway calls it (images are not part of it: they lie in files).
 */
export async function measureSubmissionRate(
  gatewayUrl: string,
  organizationId: string,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<number> {
  const clients = Array.from({ length: connections }, () => new pg.Client({ connectionString: gatewayUrl }));
  await Promise.all(clients.map((client) => client.connect()));
  let rows = 0;
  try {
    await submit(clients[0], organizationId, 0); // the sources are known from now on
    const startedAt = performance.now();
    const until = startedAt + seconds * 1_000;
    await Promise.all(
      clients.map(async (client, number) => {
        while (performance.now() < until) {
          const taken = await submit(client, organizationId, number);
          rows += taken;
        }
      }),
    );
    return rows / ((performance.now() - startedAt) / 1_000);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function submit(client: pg.Client | undefined, organizationId: string, number: number): Promise<number> {
  const result = await client?.query<{ outcomes: { status: string }[] }>({
    name: 'submit-recognitions',
    text: 'select submit_recognitions($1::jsonb) as outcomes',
    values: [writeCall(organizationId, number)],
  });
  const created = result?.rows[0]?.outcomes.filter(({ status }) => status === 'created').length ?? 0;
  if (created !== FRAMES_A_CALL) throw new Error(`only ${String(created)} of ${String(FRAMES_A_CALL)} were taken`);
  return created;
}

/**
 * A call's items as JSON. What its frames share is written once: the load runs on the cores of the server, and what it costs
 * there is no cost of the function.
 */
function writeCall(organizationId: string, connection: number): string {
  const now = new Date().toISOString();
  const shared = JSON.stringify({
    organization_id: organizationId,
    source_type: 'camera',
    may_create_source: true,
    principal: 'system:bench',
    route: 'recognizeFaces',
    requested_by: 'system:bench',
    captured_at: now,
    received_at: now,
    late_arrival: false,
    image_sha256: '00'.repeat(32),
    image_content_type: 'image/jpeg',
    image_bytes: 40_000,
    image_width: 1280,
    image_height: 720,
  }).slice(0, -1);
  const items = Array.from({ length: FRAMES_A_CALL }, (_, position) => {
    const id = newId();
    const own = `"id":"${id}","event_id":"${newId()}","correlation_id":"${newId()}"`;
    const source = `"source_id":"rate-${String(connection)}-${String(position)}","source_uuid":"${id}"`;
    return `${shared},${own},${source},"image_key":"${organizationId}/2025-01/${id}"}`;
  });
  return `[${items.join(',')}]`;
}
