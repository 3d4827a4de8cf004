import type { DevicePrincipal } from '../../call.js';

/** Whether a device may send frames of a source and read their results: its own, or any with a key for all. */
export function speaksFor(
  { scopes, source }: DevicePrincipal,
  { source_type, source_id }: { readonly source_type: string; readonly source_id: string },
): boolean {
  if (scopes.has('recognize_any_source')) return true;
  return scopes.has('recognize') && source.sourceType === source_type && source.sourceId === source_id;
}
