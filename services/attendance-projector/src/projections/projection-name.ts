/** The key of the projector's checkpoints and leases. */
export const PROJECTION = 'attendance';
