alter table leaves drop constraint leaves_part_check;
alter table leaves drop column until_time, drop column from_time;
