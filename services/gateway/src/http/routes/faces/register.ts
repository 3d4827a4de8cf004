import { operations, type RegisterResponse, type SystemConfig } from '@rollcall/contracts';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { OrganizationSettings } from '../../../data-access/organization-settings.js';
import type { RegistrationOutcome, RegistrationSubmission } from '../../../domain/registration-submission.js';
import { submitRegistration, type Registration } from '../../../domain/submit-registration.js';
import type { ObjectPorts } from '../../../submission/object-ports.js';
import type { ResultWaiter } from '../../../waiting/result-waiter.js';
import type { Call } from '../../call.js';
import { readIdempotencyKey } from '../../reading/read-idempotency-key.js';
import { readWait } from '../../reading/read-prefer.js';
import { requireImages } from '../../reading/require-images.js';
import { refusal, reply, type Reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

type RegisterCall = Call<typeof operations.registerFaces>;

export interface RegisterPorts {
  readonly settings: OrganizationSettings;
  readonly objects: ObjectPorts;
  readonly commit: (
    call: RegisterCall,
    submission: RegistrationSubmission,
    uploadedIds: readonly string[],
  ) => Promise<RegistrationOutcome>;
  readonly results: ResultWaiter<RegisterResponse>;
  readonly loadNow: (organizationId: string, id: string) => Promise<RegisterResponse | undefined>;
  readonly clock: Clock;
}

/** Enrolling somebody is done by a person who waits for the verdict. */
const DEFAULT_WAIT_SECONDS = 10;

export function registerRoute(ports: RegisterPorts): Route {
  return defineRoute(operations.registerFaces, async (call) => {
    const wait = readWait(call.headers['prefer'], DEFAULT_WAIT_SECONDS);
    const config = await ports.settings.of(call.principal.organizationId);
    const registration = readRegistration(call, config, ports.clock.now());
    const commit = (submission: RegistrationSubmission) => ports.commit(call, submission, registration.uploadedIds);
    const outcome = await submitRegistration(registration, { ...ports.objects, commit });
    call.bodyStored();
    if (outcome.status === 'user_not_found') throw new AppError('USER_NOT_FOUND');
    if (outcome.status === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
    const { organizationId } = registration;
    const finished = await ports.results.wait(organizationId, outcome.id, wait.seconds * 1_000, call.signal);
    const state = finished ?? (await ports.loadNow(organizationId, outcome.id)) ?? queued(outcome.id, registration);
    return answer(state, {
      Location: `/faces/registrations/${outcome.id}`,
      ...(wait.applied !== undefined && { 'Preference-Applied': wait.applied }),
      ...(outcome.status === 'replayed' && { 'Idempotency-Replayed': 'true' }),
    });
  });
}

function readRegistration(call: RegisterCall, config: SystemConfig, receivedAt: Date): Registration {
  const { fields, files } = call.body;
  const { min_images: fewest, max_images: most } = config.enrolment;
  const uploadedIds = [...new Set(fields.image_ids?.toLowerCase().split(','))];
  const count = uploadedIds.length + files.length;
  if (count < fewest || count > most) {
    const message = `Send ${String(fewest)} to ${String(most)} images; there were ${String(count)}.`;
    throw new AppError('WRONG_IMAGE_COUNT', { message });
  }
  const offered = files.map(({ bytes }, index) => ({ path: `/images/${String(index)}`, bytes }));
  return {
    organizationId: call.principal.organizationId,
    userId: fields.user_id.toLowerCase(),
    actor: call.principal.actor,
    correlationId: call.correlationId,
    idempotencyKey: readIdempotencyKey(call.headers['idempotency-key']),
    receivedAt,
    uploadedIds,
    images: requireImages(offered, config.images),
  };
}

function queued(id: string, { userId }: Registration): RegisterResponse {
  return { registration_id: id, user_id: userId, status: 'queued', face_registered: false, faces: [], rejected: [] };
}

function answer(
  state: RegisterResponse,
  headers: Readonly<Record<string, string>>,
): Reply<typeof operations.registerFaces> {
  switch (state.status) {
    case 'completed':
      return reply(201, 'FACE_REGISTERED', 'The person is enrolled.', state, { headers });
    case 'rejected': {
      const errors = state.rejected.map(({ image_index, code, message }) => ({
        path: `/images/${String(image_index)}`,
        code,
        message,
      }));
      return refusal(new AppError('TOO_FEW_GOOD_IMAGES', { errors }), state, headers);
    }
    case 'failed':
      throw new AppError('SERVICE_UNAVAILABLE', { message: 'The images could not be processed; send them again.' });
    case 'queued':
    case 'processing':
      return reply(202, 'REGISTRATION_ACCEPTED', 'The images were taken; ask for the result at Location.', state, {
        headers: { ...headers, 'Retry-After': '1' },
      });
  }
}
