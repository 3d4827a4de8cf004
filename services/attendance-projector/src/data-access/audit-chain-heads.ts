import type { ClientBase } from '@rollcall/postgres';
import { emptyChain, type ChainHead } from '../domain/audit-chain.js';

/** Locks the head of an organization's chain until the transaction ends, and answers it; begins the chain if need be. */
export async function lockChainHead(client: ClientBase, organizationId: string): Promise<ChainHead> {
  const found = await selectForUpdate(client, organizationId);
  if (found !== undefined) return found;
  await client.query({
    text: `insert into audit_chain_heads (organization_id, sequence, hash) values ($1, $2, $3)
           on conflict (organization_id) do nothing`,
    values: [organizationId, emptyChain.sequence, emptyChain.hash],
  });
  // Somebody else may have begun it at this moment: what counts is what stands there now.
  return (await selectForUpdate(client, organizationId)) ?? emptyChain;
}

async function selectForUpdate(client: ClientBase, organizationId: string): Promise<ChainHead | undefined> {
  const { rows } = await client.query<{ sequence: string; hash: Buffer }>({
    name: 'lock-chain-head',
    text: 'select sequence, hash from audit_chain_heads where organization_id = $1 for update',
    values: [organizationId],
  });
  const head = rows[0];
  return head === undefined ? undefined : { sequence: Number(head.sequence), hash: head.hash };
}

export async function moveChainHead(client: ClientBase, organizationId: string, head: ChainHead): Promise<void> {
  await client.query({
    name: 'move-chain-head',
    text: 'update audit_chain_heads set sequence = $2, hash = $3 where organization_id = $1',
    values: [organizationId, head.sequence, head.hash],
  });
}
