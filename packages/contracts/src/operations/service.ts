import { Type } from '@sinclair/typebox';
import { Liveness, Readiness } from '../http/health.js';
import { declareOperations } from './operation.js';

const readiness = {
  state: 'ok',
  checked_at: '2025-03-03T08:50:00.000Z',
  parts: { database: { state: 'ok', took_ms: 2 }, storage: { state: 'ok', took_ms: 1 } },
};

export const serviceOperations = declareOperations({
  healthz: {
    method: 'get',
    path: '/healthz',
    tag: 'Service',
    summary: 'Whether the process lives',
    access: 'public',
    answers: [{ status: 200, codes: ['ALIVE'], description: 'It does.', data: Liveness, example: { state: 'ok' } }],
  },
  readyz: {
    method: 'get',
    path: '/readyz',
    tag: 'Service',
    summary: 'Whether frames can be taken without losing any',
    description: 'Each part is told apart. A silent face worker only degrades: frames are kept until it is back.',
    access: 'public',
    answers: [{ status: 200, codes: ['READY'], description: 'It can.', data: Readiness, example: readiness }],
    errorData: { SERVICE_UNAVAILABLE: Type.Union([Readiness, Type.Null()]) },
  },
  metrics: {
    method: 'get',
    path: '/metrics',
    tag: 'Service',
    summary: 'Figures for Prometheus',
    description:
      'With `METRICS_TOKEN` for whoever sends it as a bearer token; without it only for calls made on the same machine.',
    access: 'public',
    answers: [{ status: 200, description: 'Prometheus text format.', contentType: 'text/plain' }],
    errors: ['UNAUTHENTICATED', 'FORBIDDEN'],
  },
  openApiDocument: {
    method: 'get',
    path: '/openapi.json',
    tag: 'Service',
    summary: 'This document',
    access: 'public',
    answers: [{ status: 200, description: 'OpenAPI 3.1.', contentType: 'application/json' }],
  },
  asyncApiDocument: {
    method: 'get',
    path: '/asyncapi.json',
    tag: 'Service',
    summary: 'The events, as AsyncAPI',
    access: 'public',
    answers: [{ status: 200, description: 'AsyncAPI 3.0.', contentType: 'application/json' }],
  },
});
