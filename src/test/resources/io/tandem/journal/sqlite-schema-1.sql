-- a journal as schema 1 made it: never changes once it was released

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

pragma application_id = 1416520813;

pragma user_version = 1;

insert into message (id, entry, idem_key, body_hash, content_type, headers, traceparent, body, body_file, size, state,
  received_at)
values ('01KA0000000000000000000001', 'http', 'key-1', x'00', 'application/json', '{"X-Customer":"4711"}',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', x'7b7d', 0, 2, 0, 1763900000000);

insert into delivery (message_id, target, state, next_attempt, attempts)
values ('01KA0000000000000000000001', 'api-one', 0, 1763900000000, 0);

insert into message (id, entry, body_hash, headers, traceparent, body_file, size, state, received_at, settled_at,
  answer_status, answer_type, answer_outcome, answer_timing, answer_body)
values ('01KA0000000000000000000002', 'http', x'00', '{}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  0, 2, 1, 1763900000000, 1763900000000, 200, 'application/json', 'complete', 'api-one;dur=1', x'7b7d');

insert into delivery (message_id, target, state, attempts, outcome, status, took_ns, tried)
values ('01KA0000000000000000000002', 'api-one', 1, 1, 'delivered', 200, 1000000, 1);
