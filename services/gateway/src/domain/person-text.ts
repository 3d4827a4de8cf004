/**
 * Text of a name, code or department as it is kept: trimmed, and composed (NFC), so that the same name typed on two
 * keyboards is the same. The few signs that grow when composed stay as they were sent: the length was checked before.
 */
export function personText(text: string): string {
  const trimmed = text.trim();
  const composed = trimmed.normalize('NFC');
  return composed.length <= trimmed.length ? composed : trimmed;
}

export function personEmail(email: string): string {
  return email.toLowerCase();
}
