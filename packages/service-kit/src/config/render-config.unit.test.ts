import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { renderConfigTable, renderEnvExample } from './render-config.js';
import { choiceSetting, secretSetting } from './setting-types.js';

const databaseUrl = Type.Optional(
  Type.String({ description: 'Where PostgreSQL is.', allowed: 'a postgres:// address' }),
);
const gateway = Type.Object({
  DATABASE_URL: databaseUrl,
  SECRET_KEY: secretSetting({ description: 'Signs access tokens.' }),
  PORT: Type.Integer({ default: 8000, minimum: 0, description: 'Where to listen.' }),
});
const worker = Type.Object({
  DATABASE_URL: databaseUrl,
  DETECTOR: choiceSetting(['rfb', 'haar'], { default: 'rfb', description: 'A | B.' }),
});
const parts = [
  { service: 'gateway', schema: gateway },
  { service: 'face-worker', schema: worker },
];

describe('documents made from config schemas', () => {
  it('puts every variable once into the example and leaves defaults commented', () => {
    expect(renderEnvExample(parts)).toBe(`# Where PostgreSQL is.
# Allowed: a postgres:// address. Read by: gateway, face-worker.
# DATABASE_URL=

# Signs access tokens.
# Allowed: text. Read by: gateway.
SECRET_KEY=

# Where to listen.
# Allowed: a whole number of at least 0. Read by: gateway.
# PORT=8000

# A | B.
# Allowed: one of rfb, haar. Read by: face-worker.
# DETECTOR=rfb
`);
  });

  it('renders one row a variable and escapes the column sign', () => {
    const lines = renderConfigTable(parts).trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[2]).toBe(
      '| `DATABASE_URL` | a postgres:// address | – | gateway, face-worker | Where PostgreSQL is. |',
    );
    expect(lines[3]).toBe('| `SECRET_KEY` | text (secret) | none: must be set | gateway | Signs access tokens. |');
    expect(lines[5]).toContain('A \\| B.');
  });

  it('refuses two services that describe one variable differently', () => {
    const other = Type.Object({ PORT: Type.Integer({ default: 9000, minimum: 0, description: 'Where to listen.' }) });
    expect(() => renderEnvExample([...parts, { service: 'projector', schema: other }])).toThrow(/PORT is described/);
  });
});
