/** One of the versions of something, immutable, each holding from a date on. */
export interface DatedVersion {
  readonly version: number;
  /** First work date it holds for, `YYYY-MM-DD`. */
  readonly valid_from: string;
}

/** The version that holds on a date: the one that became valid last, of two from one day the later version. */
export function versionOn<Version extends DatedVersion>(
  versions: readonly Version[],
  date: string,
): Version | undefined {
  return versions
    .filter(({ valid_from }) => valid_from <= date)
    .sort(byValidity)
    .at(-1);
}

/** The versions that take over after a date, in the order of their dates, of each date the one that counts. */
export function versionsAfter<Version extends DatedVersion>(versions: readonly Version[], date: string): Version[] {
  const later = versions.filter(({ valid_from }) => valid_from > date).sort(byValidity);
  return later.filter(({ valid_from }, index) => valid_from !== later[index + 1]?.valid_from);
}

type Fields = Readonly<Record<string, unknown>>;

export interface Carried<Version> {
  readonly version: Version;
  /** What is to be different in it. */
  readonly fields: Fields;
}

/**
 * What a change means for the versions that take over after its date: each holds whole, so what the change says is to be
 * said in them too, up to the first that itself says something else of that field than the version before it.
 *
 * @param before what held on the date of the change, and would hold on.
 * @param changed the fields of the change, with their new values.
 */
export function carryForward<Version extends DatedVersion>(
  before: Fields,
  changed: Fields,
  later: readonly Version[],
): Carried<Version>[] {
  let previous = before;
  let open = Object.keys(changed);
  return later.flatMap((version) => {
    const present: Fields = Object.fromEntries(Object.entries(version));
    open = open.filter((field) => isSame(present[field], previous[field]));
    previous = present;
    const missing = open.filter((field) => !isSame(present[field], changed[field]));
    if (missing.length === 0) return [];
    return [{ version, fields: Object.fromEntries(missing.map((field) => [field, changed[field]])) }];
  });
}

/** Whether two values of JSON are the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function byValidity(a: DatedVersion, b: DatedVersion): number {
  if (a.valid_from !== b.valid_from) return a.valid_from < b.valid_from ? -1 : 1;
  return a.version - b.version;
}
