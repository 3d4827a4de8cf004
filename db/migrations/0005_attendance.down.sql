drop table attendance_records, attendance_corrections, attendance_logs;
