create table retention_hold (
  holder text collate "C" not null,
  key_prefix text collate "C" not null,
  since bigint not null,
  primary key (holder, key_prefix)
);
