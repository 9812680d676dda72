create table message (
  id text not null primary key,
  entry text not null,
  idem_key text,
  body_hash blob not null,
  content_type text,
  headers text not null,
  traceparent text not null,
  body blob,
  body_file integer not null,
  size integer not null,
  state integer not null,
  received_at integer not null,
  settled_at integer,
  given_up integer not null default 0,
  answer_status integer,
  answer_type text,
  answer_outcome text,
  answer_timing text,
  answer_body blob
) strict;

create unique index message_key on message (idem_key) where idem_key is not null;

create index message_state on message (state, id);

create index message_given_up on message (body_hash) where given_up = 1;

create table delivery (
  message_id text not null,
  target text not null,
  state integer not null,
  owner integer,
  next_attempt integer,
  replayed_at integer,
  attempts integer not null,
  outcome text,
  status integer,
  took_ns integer,
  tried integer,
  reply blob,
  reply_kind text,
  problem text,
  problem_status integer,
  problem_detail text,
  retry_after_ns integer,
  primary key (message_id, target)
) strict, without rowid;

create index delivery_open on delivery (target, state, message_id) where state in (0, 2);

create index delivery_due on delivery (target, next_attempt, message_id) where state = 0 and owner is null;

create table instance (
  id integer primary key,
  alive_until integer not null
) strict;
