import { Type } from '@sinclair/typebox';
import {
  FailedRequestOut,
  FailedRequestsQuery,
  LedgerOut,
  LedgerQuery,
  RequestParams,
  RequestTraceOut,
} from '../http/ledger.js';
import { failedRequest, ledger, requestTrace } from './ledger-examples.js';
import { declareOperations } from './operation.js';

const tag = 'System';
const access = ['ADMIN'] as const;

export const ledgerOperations = declareOperations({
  getLedger: {
    method: 'get',
    path: '/v1/admin/ledger',
    tag,
    summary: 'Accepted, decided, projected: what became of everything taken in',
    description:
      'Counts what your organization took in during a span of at most 31 days, in one snapshot. When all is quiet, accepted = decided = projected.',
    access,
    query: LedgerQuery,
    answers: [
      { status: 200, codes: ['LEDGER'], description: 'The figures of the span.', data: LedgerOut, example: ledger },
    ],
  },
  traceRequest: {
    method: 'get',
    path: '/v1/admin/ledger/{request_id}',
    tag,
    summary: 'One frame or enrolment from its id to the record',
    description:
      'Its events, faces, attendance logs, records, lines of the trail and notifications, with times. What was derived from it is looked for among the 10,000 events after its decision.',
    access,
    params: RequestParams,
    answers: [
      {
        status: 200,
        codes: ['REQUEST_TRACED'],
        description: 'The way it went.',
        data: RequestTraceOut,
        example: requestTrace,
      },
    ],
    errors: ['NOT_FOUND'],
  },
  listFailedRequests: {
    method: 'get',
    path: '/v1/admin/failed-requests',
    tag,
    summary: 'Frames and enrolments that failed or expired, with the reason',
    access,
    query: FailedRequestsQuery,
    answers: [
      {
        status: 200,
        codes: ['FAILED_REQUESTS_LISTED'],
        description: 'Those taken in last first.',
        data: Type.Array(FailedRequestOut),
        paging: 'list',
        example: [failedRequest],
      },
    ],
  },
  requeueRequest: {
    method: 'post',
    path: '/v1/admin/failed-requests/{request_id}/requeue',
    tag,
    summary: 'Put a failed or expired frame into the queue again',
    description:
      'It gets all its attempts anew, and the time a frame may wait. Its attendance counts at the time the frame was taken. Called again while it waits it changes nothing.',
    access,
    params: RequestParams,
    answers: [
      {
        status: 200,
        codes: ['REQUEST_REQUEUED'],
        description: 'It waits in the queue.',
        data: FailedRequestOut,
        headers: ['Idempotency-Replayed'],
        example: { ...failedRequest, status: 'queued', reason: null, attempts: 0, ended_at: null, times_requeued: 1 },
      },
    ],
    errors: ['NOT_FOUND', 'REQUEST_NOT_FAILED', 'REQUEST_PUT_ASIDE', 'REQUEST_IMAGES_GONE'],
    audit: 'request.requeued',
  },
  discardRequest: {
    method: 'post',
    path: '/v1/admin/failed-requests/{request_id}/discard',
    tag,
    summary: 'Put a failed or expired request aside for good',
    description: 'It stays failed or expired and leaves the list. Nothing is deleted.',
    access,
    params: RequestParams,
    answers: [
      {
        status: 200,
        codes: ['REQUEST_DISCARDED'],
        description: 'It is put aside.',
        data: FailedRequestOut,
        headers: ['Idempotency-Replayed'],
        example: {
          ...failedRequest,
          discarded_at: '2025-03-03T10:00:00.000Z',
          discarded_by: `user:${failedRequest.request_id}`,
        },
      },
    ],
    errors: ['NOT_FOUND', 'REQUEST_NOT_FAILED'],
    audit: 'request.discarded',
  },
});
