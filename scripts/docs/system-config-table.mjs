/**
 * The settings of an organization as a Markdown table: one row a value, by its path.
 * @param {object} schema of the whole configuration (JSON schema)
 * @param {object} defaults of the same shape
 */
export function systemConfigTable(schema, defaults) {
  const rows = flatten(schema, defaults, []);
  const lines = [['setting', 'allowed', 'default', 'what it does'], ['---', '---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function flatten(schema, value, path) {
  if (schema.type === 'object') {
    return Object.entries(schema.properties).flatMap(([name, property]) =>
      flatten(property, value[name], [...path, name]),
    );
  }
  return [[`\`${path.join('.')}\``, allowed(schema), `\`${value}\``, schema.description ?? '']];
}

function allowed(schema) {
  if (schema.anyOf) return schema.anyOf.map((choice) => choice.const).join(', ');
  if (schema.type === 'boolean') return 'true, false';
  return `${schema.minimum} to ${schema.maximum}`;
}
