import type { ClientBase } from '@rollcall/postgres';

/** Whether frames wait or are being looked at: their events are about to come. Two looks into small partial indexes. */
export async function areFramesUnderWay(client: Pick<ClientBase, 'query'>): Promise<boolean> {
  const { rows } = await client.query<{ under_way: boolean }>({
    name: 'are-frames-under-way',
    text: `select exists (select 1 from recognition_requests where status = 'queued')
               or exists (select 1 from recognition_requests where status = 'processing') as under_way`,
  });
  return rows[0]?.under_way === true;
}
