drop table check_ins, user_pins, correction_batches;
alter table attendance_records drop column replaced;
drop index attendance_corrections_newest_idx;
alter table attendance_corrections drop column event_id, drop column batch_id, drop column withdrawal_reason, drop column withdrawal_event_id;
