/**
 * Fills what is absent from the defaults, object by object. Keys the defaults do not have are left out, so that a value
 * stored by another version does no harm; arrays and scalars are taken as they are. Pure.
 */
export function resolveDefaults<T extends object>(defaults: T, overrides: unknown): T {
  if (typeof overrides !== 'object' || overrides === null) return defaults;
  const given = overrides as Readonly<Record<string, unknown>>;
  const resolved = Object.entries(defaults).map(([key, preset]: [string, unknown]) => {
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    if (value === undefined) return [key, preset];
    const nested = typeof preset === 'object' && preset !== null && !Array.isArray(preset);
    return [key, nested ? resolveDefaults(preset, value) : value];
  });
  return Object.fromEntries(resolved) as T;
}
