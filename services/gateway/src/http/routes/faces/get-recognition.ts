import { operations, type RecognizeResponse } from '@rollcall/contracts';
import { AppError } from '@rollcall/service-kit';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { speaksFor } from './speaks-for.js';

export interface GetRecognitionPorts {
  readonly loadNow: (organizationId: string, id: string) => Promise<RecognizeResponse | undefined>;
}

export function getRecognitionRoute({ loadNow }: GetRecognitionPorts): Route {
  return defineRoute(operations.getRecognition, async ({ principal, params }) => {
    const recognition = await loadNow(principal.organizationId, params.recognition_id.toLowerCase());
    if (recognition === undefined) throw new AppError('NOT_FOUND');
    // What another camera saw is not there for this one.
    if (principal.kind === 'device' && !speaksFor(principal, recognition)) throw new AppError('NOT_FOUND');
    return reply(200, 'RECOGNITION_FOUND', 'The frame.', recognition);
  });
}
