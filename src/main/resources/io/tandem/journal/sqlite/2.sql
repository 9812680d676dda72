create table retention_hold (
  holder text not null,
  key_prefix text not null,
  since integer not null,
  primary key (holder, key_prefix)
) strict, without rowid;
