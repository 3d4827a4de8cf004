import type { BatchEffects } from './batch-effects.js';

/** Ids remembered; when so many are known, it starts afresh. */
const MOST_REMEMBERED = 10_000;

export interface ToldMemory {
  /** The effects without the derived events and notifications that are known to be written. */
  withoutTold(effects: BatchEffects): BatchEffects;
  /** To be called once the effects are committed. */
  remember(effects: BatchEffects): void;
}

/**
 * Remembers what was told lately. Telling it again would write nothing, since ids say what is told; but somebody unknown
 * who stays in front of a camera would cost two statements a batch for nothing.
 */
export function createToldMemory(): ToldMemory {
  const told = new Set<string>();
  const isNew = ({ id }: { readonly id: string }): boolean => !told.has(id);
  return {
    withoutTold: (effects) => ({
      ...effects,
      derivedEvents: effects.derivedEvents.filter(isNew),
      notifications: effects.notifications.filter(isNew),
    }),
    remember({ derivedEvents, notifications }) {
      if (told.size > MOST_REMEMBERED) told.clear();
      for (const { id } of [...derivedEvents, ...notifications]) told.add(id);
    },
  };
}
