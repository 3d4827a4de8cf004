import { operations, type RecognizeResponse, type SystemConfig } from '@rollcall/contracts';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { OrganizationSettings } from '../../../data-access/organization-settings.js';
import { expiryOf } from '../../../domain/queue-place.js';
import type { SubmissionOutcome } from '../../../domain/recognition-submission.js';
import { submitRecognition, type Frame, type SubmitRecognitionPorts } from '../../../domain/submit-recognition.js';
import type { BacklogLimit } from '../../../submission/backlog-limit.js';
import type { ResultWaiter } from '../../../waiting/result-waiter.js';
import { auditContext } from '../../audit-context.js';
import type { Call, Principal } from '../../call.js';
import { readCaptureTime } from '../../reading/read-capture-time.js';
import { readFrameBody } from '../../reading/read-frame-body.js';
import { readIdempotencyKey } from '../../reading/read-idempotency-key.js';
import { readWait } from '../../reading/read-prefer.js';
import { requireImages } from '../../reading/require-images.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { speaksFor } from './speaks-for.js';

export interface RecognizePorts {
  readonly settings: OrganizationSettings;
  readonly backlog: BacklogLimit;
  readonly submission: SubmitRecognitionPorts;
  readonly results: ResultWaiter<RecognizeResponse>;
  readonly loadNow: (organizationId: string, id: string) => Promise<RecognizeResponse | undefined>;
  readonly clock: Clock;
}

type RecognizeCall = Call<typeof operations.recognizeFaces>;

/** Seconds after which asking for the result makes sense. */
const RETRY_AFTER_SECONDS = '1';

/**
 * The way in of every frame: checked, stored, committed with its neighbours, answered. What happens next is the face
 * worker's (`db/functions/claim_recognitions.sql`).
 */
export function recognizeRoute(ports: RecognizePorts): Route {
  return defineRoute(operations.recognizeFaces, async (call) => {
    ports.backlog.check(call.principal.organizationId);
    const wait = readWait(call.headers['prefer'], 0);
    const config = await ports.settings.of(call.principal.organizationId);
    const frame = readFrame(call, config, ports.clock.now());
    const outcome = await submitRecognition(frame, ports.submission);
    call.bodyStored();
    refuse(outcome);
    const state = await stateOf(ports, call, frame, outcome);
    const finished = isFinished(state)
      ? state
      : await ports.results.wait(frame.organizationId, outcome.id, wait.seconds * 1_000, call.signal);
    const headers = {
      Location: `/faces/recognitions/${outcome.id}`,
      ...(wait.applied !== undefined && { 'Preference-Applied': wait.applied }),
      ...(outcome.status === 'replayed' && { 'Idempotency-Replayed': 'true' }),
    };
    if (finished !== null) {
      const { code, message } = endOf(finished);
      return reply(200, code, message, finished, { headers });
    }
    return reply(202, 'RECOGNITION_ACCEPTED', 'The frame was taken; ask for the result at Location.', state, {
      headers: { ...headers, 'Retry-After': RETRY_AFTER_SECONDS },
    });
  });
}

function readFrame(call: RecognizeCall, config: SystemConfig, receivedAt: Date): Frame {
  const { fields, bytes } = readFrameBody(call.body);
  const time = readCaptureTime(fields.timestamp, receivedAt, config.capture);
  checkSource(call.principal, fields);
  const [image] = requireImages([{ path: '/image', bytes }], config.images);
  if (image === undefined) throw new AppError('WRONG_IMAGE_COUNT');
  return {
    organizationId: call.principal.organizationId,
    actor: call.principal.actor,
    correlationId: call.correlationId,
    idempotencyKey: readIdempotencyKey(call.headers['idempotency-key']),
    sourceType: fields.source_type,
    sourceId: fields.source_id,
    mode: fields.mode ?? null,
    capturedAt: time.capturedAt,
    receivedAt,
    lateArrival: time.lateArrival,
    expiresAt: expiryOf(receivedAt, config.processing),
    mayCreateSource: config.sources.accept_unknown,
    image,
    calledFrom: call.principal.kind === 'user' ? auditContext(call) : null,
  };
}

/** A device speaks for itself only, unless its key is for every source. */
function checkSource(principal: Principal, fields: { readonly source_type: string; readonly source_id: string }): void {
  if (principal.kind === 'user' || speaksFor(principal, fields)) return;
  throw new AppError('FORBIDDEN', {
    message: 'This device key is for its own source only.',
    errors: [{ path: '/source_id', code: 'OTHER_SOURCE', message: 'is not the source of this key' }],
  });
}

function refuse({ status }: SubmissionOutcome): void {
  if (status === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
  if (status === 'unknown_source') {
    const errors = [{ path: '/source_id', code: 'UNKNOWN_SOURCE', message: 'is no source of this organization' }];
    throw new AppError('NOT_FOUND', { message: 'There is no such source.', errors });
  }
  if (status === 'source_inactive') throw new AppError('CONFLICT', { message: 'This source is switched off.' });
}

/** A new frame's state is known; that of one sent before is asked for. */
async function stateOf(
  ports: RecognizePorts,
  call: RecognizeCall,
  frame: Frame,
  outcome: SubmissionOutcome,
): Promise<RecognizeResponse> {
  const known =
    outcome.status === 'replayed' ? await ports.loadNow(call.principal.organizationId, outcome.id) : undefined;
  return (
    known ?? {
      recognition_id: outcome.id,
      status: 'queued',
      source_type: frame.sourceType as RecognizeResponse['source_type'],
      source_id: frame.sourceId,
      captured_at: frame.capturedAt.toISOString(),
      faces: [],
      model: null,
      gallery_version: null,
      synthetic: false,
    }
  );
}

function isFinished({ status }: RecognizeResponse): boolean {
  return status !== 'queued' && status !== 'processing';
}

/** How a frame ended, as code and in words. */
function endOf({ status }: RecognizeResponse) {
  if (status === 'expired')
    return { code: 'RECOGNITION_EXPIRED', message: 'The frame was not looked at in time.' } as const;
  if (status === 'failed') return { code: 'RECOGNITION_FAILED', message: 'The frame could not be looked at.' } as const;
  return { code: 'RECOGNITION_COMPLETED', message: 'The frame was looked at.' } as const;
}
