import { operations, type RegisterResponse } from '@rollcall/contracts';
import { AppError } from '@rollcall/service-kit';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface GetRegistrationPorts {
  readonly loadNow: (organizationId: string, id: string) => Promise<RegisterResponse | undefined>;
}

export function getRegistrationRoute({ loadNow }: GetRegistrationPorts): Route {
  return defineRoute(operations.getRegistration, async ({ principal, params }) => {
    const registration = await loadNow(principal.organizationId, params.registration_id.toLowerCase());
    if (registration === undefined) throw new AppError('NOT_FOUND');
    return reply(200, 'REGISTRATION_FOUND', 'The enrolment.', registration);
  });
}
