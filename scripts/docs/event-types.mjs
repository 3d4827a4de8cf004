/**
 * The event types as Markdown: a heading a type, what it means, and its payload field by field.
 * @param {Record<string, Record<string, object>>} payloads type → version → JSON schema
 */
export function eventTypesSection(payloads) {
  return Object.entries(payloads)
    .flatMap(([type, versions]) =>
      Object.entries(versions).map(([version, schema]) => describeType(type, version, schema)),
    )
    .join('\n');
}

function describeType(type, version, schema) {
  const heading = version === '1' ? `\`${type}\`` : `\`${type}\` version ${version}`;
  return `### ${heading}\n\n${schema.description}\n\n${describeFields(schema, '').join('\n')}\n`;
}

function describeFields(schema, indent) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties).flatMap(([name, field]) => {
    const optional = required.has(name) ? '' : ', may be absent';
    const note = field.description === undefined ? '' : `: ${lowerFirst(field.description).replace(/\.$/, '')}`;
    const line = `${indent}- \`${name}\` (${describeValue(field)}${optional})${note}`;
    const inner = field.type === 'array' ? field.items : field;
    return inner.type === 'object' && !('x' in inner.properties)
      ? [line, ...describeFields(inner, `${indent}  `)]
      : [line];
  });
}

function describeValue(field) {
  if (field.anyOf !== undefined) return describeChoices(field.anyOf);
  if (field.const !== undefined) return String(field.const);
  if (field.type === 'array') return field.items.type === 'object' ? 'list' : `list of ${describeValue(field.items)}`;
  if (field.type === 'object') return Object.keys(field.properties).join(', ');
  if (field.format === 'date-time') return 'time';
  if (field.type === 'string') return field.format ?? (field.pattern?.startsWith('^[A-Z]') ? 'code word' : 'text');
  return field.type === 'integer' ? 'whole number' : field.type;
}

/** A union of constants, or of something and null. */
function describeChoices(choices) {
  const nothing = choices.some(({ type }) => type === 'null') ? ' or null' : '';
  const kinds = choices.filter(({ type }) => type !== 'null').map(describeValue);
  return `${kinds.join(' | ')}${nothing}`;
}

const lowerFirst = (text) => text.slice(0, 1).toLowerCase() + text.slice(1);
