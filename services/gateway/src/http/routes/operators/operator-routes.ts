import type { Route } from '../../route.js';
import type { RouteParts } from '../create-routes.js';
import { createOperatorRoute } from './create-operator.js';
import { deleteOperatorRoute } from './delete-operator.js';
import { getOperatorRoute } from './get-operator.js';
import { listOperatorsRoute } from './list-operators.js';
import { updateOperatorRoute } from './update-operator.js';

export function operatorRoutes(parts: RouteParts): Route[] {
  return [
    createOperatorRoute(parts),
    listOperatorsRoute(parts),
    getOperatorRoute(parts),
    updateOperatorRoute(parts),
    deleteOperatorRoute(parts),
  ];
}
