/** Services beat every 2 s: three missed beats and a bit are a silence, seconds. */
export const SILENCE_SECONDS = 8;
