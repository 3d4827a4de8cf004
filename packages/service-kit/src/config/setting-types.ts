import {
  Type,
  type SchemaOptions,
  type StringOptions,
  type TLiteral,
  type TString,
  type TUnion,
  type TUnsafe,
} from '@sinclair/typebox';

/** The name of the annotation that marks a variable whose value is never printed and which may have no default. */
export const SECRET = 'secret';
/** The annotation with the words for "what is allowed", for values that a schema alone describes badly (URLs, patterns). */
export const ALLOWED = 'allowed';

/** A setting that is secret: no default is possible, and neither an error nor a document ever shows its value. */
export function secretSetting(options: Omit<StringOptions, 'default'> = {}): TString {
  return Type.String({ minLength: 1, ...options, [SECRET]: true });
}

/** A setting with several values in one variable, split at commas and trimmed; an empty variable means the default. */
export function listSetting(options: SchemaOptions & { default?: string } = {}): TUnsafe<readonly string[]> {
  return Type.Unsafe<readonly string[]>({ type: 'string', separator: ',', ...options });
}

/** A setting that is one word of a few. */
export function choiceSetting<const Choice extends string>(
  choices: readonly Choice[],
  options: SchemaOptions & { default?: NoInfer<Choice> } = {},
): TUnion<TLiteral<Choice>[]> {
  return Type.Union(
    choices.map((choice) => Type.Literal(choice)),
    options,
  );
}
