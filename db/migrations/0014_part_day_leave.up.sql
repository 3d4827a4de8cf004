-- Leave of a part of the day: until a time, or from a time on, of each of its dates.
alter table leaves
  add column until_time text check (until_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  add column from_time text check (from_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  add constraint leaves_part_check check (until_time is null or from_time is null);
comment on column leaves.until_time is 'Local time HH:MM: on leave from the beginning of the shift to then. With neither this nor from_time: the whole day.';
comment on column leaves.from_time is 'Local time HH:MM: on leave from then to the end of the shift.';
