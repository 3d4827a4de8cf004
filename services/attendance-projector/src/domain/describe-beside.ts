export interface BesideToDescribe {
  /** Null: nothing had been projected. */
  readonly at: object | null;
  readonly logs: number;
  readonly records: number;
  readonly transactions: number;
  readonly told: boolean;
}

/** What a replay beside came to, in lines for people. */
export function describeBeside({ at, logs, records, transactions, told }: BesideToDescribe): string[] {
  if (at === null) return ['nothing of its log has been projected yet: nothing was done'];
  const swapped = `${String(logs)} sightings and ${String(records)} records differed and were put right`;
  const lines = [
    logs + records === 0
      ? 'nothing differed'
      : `${swapped}, in ${String(transactions)} transaction${transactions === 1 ? '' : 's'}`,
  ];
  if (told) lines.push('events or lines of the trail that follow from the log were not there: they are written now');
  return lines;
}
