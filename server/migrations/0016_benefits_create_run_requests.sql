-- Steps of a run that bypass row-level security are asked for in a request and carried out by a job; the screen reads here what became of them.
create table benefits.run_request (
  county   text not null constraint run_request_county check (county ~ '^[0-9]{6}$'),
  id       uuid not null,
  run_no   integer not null,
  step     text not null constraint run_request_step check (step in ('compute', 'publish', 'reject', 'cancel')),
  reason   text,
  asked_by uuid not null,
  asked_at timestamptz not null,
  status   text not null constraint run_request_status check (status in ('waiting', 'done', 'failed')),
  code     text,
  message  text,
  ended_at timestamptz,
  constraint run_request_pk primary key (county, id),
  constraint run_request_of_run foreign key (county, run_no) references benefits.run (county, no),
  constraint run_request_ended check ((status = 'waiting') = (ended_at is null)),
  constraint run_request_told check ((code is null) = (message is null) and (status <> 'failed' or code is not null)),
  constraint run_request_reasoned check (step <> 'reject' or reason is not null)
);
comment on table benefits.run_request is 'a step of a run that somebody asked for: waiting for its job, done, or failed with what the asker should read';
create index run_request_by_run on benefits.run_request (county, run_no, id);
-- A run that is being computed may be rejected meanwhile; of the other steps one at a time.
create unique index run_request_one_waiting on benefits.run_request (county, run_no) where status = 'waiting' and step <> 'compute';
select platform.shard_by_county('benefits.run_request');
grant select on benefits.run_request to minben_app, minben_runner, minben_auditor;
grant insert on benefits.run_request to minben_app;
grant update (status, code, message, ended_at) on benefits.run_request to minben_runner;
