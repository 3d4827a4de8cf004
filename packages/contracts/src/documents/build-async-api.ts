import type { TSchema } from '@sinclair/typebox';
import { EventOut } from '../events/event-out.js';
import { eventPayloads, eventTypes } from '../events/event-payloads.js';
import { createSchemaWriter, type JsonObject, type JsonValue } from './json-schema.js';

/** The AsyncAPI 3.0 document of every event type and version, as `/v1/events` gives them. */
export function buildAsyncApi(options: { readonly version: string }): JsonObject {
  const writer = createSchemaWriter();
  const envelope = writer.write(EventOut);
  const messages: Record<string, JsonValue> = {};
  for (const type of eventTypes) {
    for (const [version, schema] of Object.entries(eventPayloads[type]) as [string, TSchema][]) {
      messages[`${type}.v${version}`] = {
        name: type,
        title: `${type}, version ${version}`,
        ...(schema.description === undefined ? {} : { summary: schema.description }),
        contentType: 'application/cloudevents+json',
        payload: {
          allOf: [
            envelope,
            {
              type: 'object',
              properties: {
                type: { const: type },
                dataschemaversion: { const: Number(version) },
                data: writer.write(schema),
              },
            },
          ],
        },
      };
    }
  }
  const names = Object.keys(messages);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Rollcall events', version: options.version, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    channels: {
      events: {
        address: '/v1/events',
        title: 'The event feed',
        description: 'Every event of the organization, in the order they were committed.',
        messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: {
      tellEvents: {
        action: 'send',
        channel: { $ref: '#/channels/events' },
        messages: names.map((name) => ({ $ref: `#/channels/events/messages/${name}` })),
      },
    },
    components: { messages, schemas: writer.components as JsonObject },
  };
}
