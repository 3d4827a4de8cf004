import { ledgerKinds, type CountedKind, type OrganizationLedger } from './count-ledger.js';

/** The ledger of one organization in lines for a person. */
export function describeLedger(ledger: OrganizationLedger): string[] {
  const { figures } = ledger;
  const lines = [`${ledger.organization}: taken in from ${ledger.from} to ${ledger.to}`];
  for (const kind of ledgerKinds) {
    const counted = figures[kind];
    if (counted !== undefined) lines.push(`  ${`${kind}s`.padEnd(13)} ${describeKind(counted)}`);
  }
  if (lines.length === 1) lines.push('  nothing');
  if (figures.skipped > 0) lines.push(`  ${figures.skipped} events cannot be projected and were passed over`);
  lines.push(`  ${describeGap(ledger)}`);
  return lines;
}

function describeKind({ accepted, decided, projected, endings, reasons }: CountedKind): string {
  const how = [...told(endings), ...told(reasons).map((reason) => `of the failed ${reason}`)];
  const gap = `gap ${accepted - decided} + ${decided - projected}`;
  return `accepted ${accepted}, decided ${decided}${how.length === 0 ? '' : ` (${how.join(', ')})`}, projected ${projected}, ${gap}`;
}

function told(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, count]) => `${name} ${count}`);
}

function describeGap({
  undecided_seconds,
  unprojected_seconds,
  limit_seconds,
  over_limit,
}: OrganizationLedger): string {
  const waits = [
    ...(undecided_seconds === null ? [] : [`for its decision for ${undecided_seconds.toFixed(0)} s`]),
    ...(unprojected_seconds === null ? [] : [`for its projection for ${unprojected_seconds.toFixed(0)} s`]),
  ];
  if (waits.length === 0) return 'nothing waits: accepted = decided = projected';
  return `the oldest waits ${waits.join(', another ')}${over_limit ? `: LONGER THAN ${limit_seconds} s` : ''}`;
}
