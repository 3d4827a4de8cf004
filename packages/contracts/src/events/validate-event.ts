import { createValidator, type Checked } from '../schema/create-validator.js';
import { eventPayloads, isEventType, type EventPayload, type EventType } from './event-payloads.js';

type Validate = (value: unknown) => Checked<unknown>;

const compiled = new Map<string, Validate>();

/** The event does not have the form of its type and version. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}

/**
 * Checks a payload against its type and version (newest is 1 for all types so far).
 *
 * @throws InvalidEventError when type or version is unknown, or the payload has another form.
 */
export function validateEvent<Type extends EventType>(event: {
  readonly type: Type;
  readonly version?: number;
  readonly payload: unknown;
}): EventPayload<Type> {
  const { type, version = 1, payload } = event;
  const result = validatorOf(type, version)(payload);
  if (result.ok) return result.value as EventPayload<Type>;
  const problems = result.problems.map(({ path, message }) => `${path || '/'} ${message}`).join('; ');
  throw new InvalidEventError(`${type} version ${String(version)}: ${problems}`);
}

function validatorOf(type: string, version: number): Validate {
  const key = `${type}@${String(version)}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const versions: Readonly<Record<number, object>> | undefined = isEventType(type) ? eventPayloads[type] : undefined;
  const schema = versions?.[version];
  if (schema === undefined) throw new InvalidEventError(`there is no event ${type} version ${String(version)}`);
  const validate = createValidator(schema as Parameters<typeof createValidator>[0]);
  compiled.set(key, validate);
  return validate;
}
