create table message (
  id text collate "C" not null primary key,
  entry text not null,
  idem_key text collate "C",
  body_hash bytea not null,
  content_type text,
  headers text not null,
  traceparent text not null,
  body bytea,
  body_file smallint not null,
  size integer not null,
  state smallint not null,
  received_at bigint not null,
  settled_at bigint,
  given_up smallint not null default 0,
  answer_status integer,
  answer_type text,
  answer_outcome text,
  answer_timing text,
  answer_body bytea
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

create unique index message_key on message (idem_key) where idem_key is not null;

create index message_state on message (state, id);

create index message_given_up on message (body_hash) where given_up = 1;

create table delivery (
  message_id text collate "C" not null,
  target text collate "C" not null,
  state smallint not null,
  owner bigint,
  next_attempt bigint,
  replayed_at bigint,
  attempts integer not null,
  outcome text,
  status integer,
  took_ns bigint,
  tried integer,
  reply bytea,
  reply_kind text,
  problem text,
  problem_status integer,
  problem_detail text,
  retry_after_ns bigint,
  primary key (message_id, target)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

create index delivery_open on delivery (target, state, message_id) where state in (0, 2);

create index delivery_due on delivery (target, next_attempt, message_id) where state = 0 and owner is null;

create table instance (
  id bigserial primary key,
  alive_until bigint not null
);

create table tandem_schema (
  version integer not null
);

insert into tandem_schema (version) values (1);
