/** Where "now" comes from. Domain code gets a time passed in; everything else gets a clock, so that a test can hold it still. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
