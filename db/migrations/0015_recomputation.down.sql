drop table projection_replays;
drop table recomputation_spans;
