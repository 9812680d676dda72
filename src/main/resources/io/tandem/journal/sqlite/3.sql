alter table message add column reply_to text;

alter table message add column tell_at integer;

create index message_to_tell on message (tell_at) where tell_at is not null;
