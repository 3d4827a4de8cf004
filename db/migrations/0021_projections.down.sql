drop table projection_skips;
drop table projection_stops;
