import type { OpenApiDocument } from './build-open-api.js';
import type { JsonObject } from './json-schema.js';

/** An operation as the document has it. */
export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  /** With parameters in braces. */
  readonly path: string;
  readonly definition: JsonObject;
}

/** Every operation of the document. */
export function documentedOperations(document: OpenApiDocument): DocumentedOperation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, definition]) => ({
      id: definition['operationId'] as string,
      method,
      path,
      definition,
    })),
  );
}

/**
 * Finds the operation a call belongs to, by its method (lower case) and path, with or without a query. A path written
 * out goes before one with parameters.
 */
export function createAddressIndex(
  document: OpenApiDocument,
): (method: string, path: string) => DocumentedOperation | undefined {
  const candidates = documentedOperations(document)
    .map((operation) => ({ operation, wanted: operation.path.split('/') }))
    .sort((one, other) => parametersIn(one.wanted) - parametersIn(other.wanted));

  return (method, path) => {
    // What cannot be decoded belongs to no operation.
    if (!canBeDecoded(path)) return undefined;
    const parts = (path.split('?', 1)[0] ?? '').split('/');
    const fits = ({ operation, wanted }: (typeof candidates)[number]) =>
      operation.method === method &&
      wanted.length === parts.length &&
      wanted.every((part, index) => part === parts[index] || (part.startsWith('{') && parts[index] !== ''));
    return candidates.find(fits)?.operation;
  };
}

function parametersIn(parts: readonly string[]): number {
  return parts.filter((part) => part.startsWith('{')).length;
}

function canBeDecoded(path: string): boolean {
  try {
    decodeURIComponent(path.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}
