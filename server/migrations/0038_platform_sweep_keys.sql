-- The remembered answers of writes are removed once nobody can send the same write again. Written in the order of their time, so that
-- a small index over blocks finds the old ones.
create index idempotency_key_by_time on platform.idempotency_key using brin (created_at);
grant delete on platform.idempotency_key to minben_runner;
