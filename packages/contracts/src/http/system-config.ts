import { Type, type Static, type TObject, type TSchema } from '@sinclair/typebox';
import { SystemConfig, type SystemConfigOverrides } from '../config/system-config.js';
import { nullable, strict, Timestamp, Uuid } from '../schema/primitives.js';

type Nullable<T> = T extends object ? { readonly [Key in keyof T]?: Nullable<T[Key]> | null } : T;

/** A merge patch (RFC 7396): null gives a setting, or a whole group, its default again. */
export type SystemConfigPatch = Nullable<SystemConfig>;

/** What an admin sets; what is left out has its default. */
export const SystemConfigBody = partially(SystemConfig, { title: 'SystemConfigBody', takesNull: false });
export type SystemConfigBody = SystemConfigOverrides;

export const SystemConfigPatch = partially(SystemConfig, { title: 'SystemConfigPatch', takesNull: true });

export const SystemConfigOut = Type.Object(
  {
    config: SystemConfig,
    overridden: Type.Array(Type.String(), {
      description: 'JSON pointers of the settings that were set here; all others have their default.',
      examples: [['/recognition/match_threshold']],
    }),
    version: Type.Integer({ minimum: 0, description: '0: nothing was ever set.' }),
    updated_by: nullable(Uuid),
    updated_at: nullable(Timestamp),
  },
  { ...strict, title: 'SystemConfigOut' },
);
export type SystemConfigOut = Static<typeof SystemConfigOut>;

/** The schema with every field optional, at every depth. */
function partially(schema: TObject, options: { readonly title?: string; readonly takesNull: boolean }): TObject {
  const { takesNull, title } = options;
  const properties = Object.entries(schema.properties).map(([name, property]) => {
    const part = isObject(property) ? partially(property, { takesNull }) : property;
    return [name, Type.Optional(takesNull ? orNull(part) : part)] as const;
  });
  const { title: _, ...rest } = schema;
  const given = title === undefined ? {} : { title };
  return Type.Object(Object.fromEntries(properties), { ...optionsOf(rest), ...given });
}

function optionsOf({ description, additionalProperties }: Partial<TObject>): object {
  return { ...(description === undefined ? {} : { description }), additionalProperties };
}

function isObject(schema: TSchema): schema is TObject {
  return schema['type'] === 'object';
}

/** One type with null instead of a union of two, so that what is wrong inside is told where it is. */
function orNull(schema: TSchema): TSchema {
  const type: unknown = schema['type'];
  if (typeof type !== 'string') return nullable(schema);
  return { ...schema, type: [type, 'null'] };
}
