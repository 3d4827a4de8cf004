drop trigger note_activity on users;
drop function note_activity();
drop table user_activity_changes;
