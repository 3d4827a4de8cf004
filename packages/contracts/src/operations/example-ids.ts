const id = (last: number) => `0198c0de-7a11-7c00-8000-${last.toString(16).padStart(12, '0')}`;

/** Ids of the examples: made up, but of the real form, and the same thing has the same id everywhere. */
export const defaultExampleIds = {
  organization: id(1),
  user: id(2),
  operator: id(3),
  registration: id(4),
  face: id(5),
  face2: id(6),
  face3: id(7),
  source: id(8),
  recognition: id(9),
  log: id(10),
  log2: id(11),
  record: id(12),
  event: id(13),
  notification: id(14),
  audit: id(15),
} as const;
