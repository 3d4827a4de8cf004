import { SkipEventBody, SkippedEventOut } from '../http/projections.js';
import { defaultExampleIds as ids } from './example-ids.js';
import { declareOperations } from './operation.js';

export const projectionOperations = declareOperations({
  skipProjectionEvent: {
    method: 'post',
    path: '/v1/admin/projections/skip',
    tag: 'System',
    summary: 'Have records go on past an event that cannot become attendance',
    description:
      'Only the event at which the records of your organization stand still now: it is named by the notification `projection.stopped` and by `GET /v1/admin/system-health`. What it would have brought is missing until it is entered by hand; a replay leaves it out too. Called again it changes nothing.',
    access: ['ADMIN'],
    json: SkipEventBody,
    jsonExample: { event_id: ids.event, reason: 'A camera in the test hall, nobody works there.' },
    answers: [
      {
        status: 200,
        codes: ['PROJECTION_EVENT_SKIPPED'],
        description: 'Records go on behind it.',
        data: SkippedEventOut,
        headers: ['Idempotency-Replayed'],
        example: {
          projection: 'attendance',
          event_id: ids.event,
          event_type: 'recognition.completed',
          failure: 'INVALID_EVENT',
          reason: 'A camera in the test hall, nobody works there.',
          skipped_by: `user:${ids.user}`,
          skipped_at: '2025-03-03T09:10:00.000Z',
        },
      },
    ],
    errors: ['NOT_FOUND'],
    audit: 'projection.event_skipped',
  },
});
