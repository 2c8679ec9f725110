-- What came of the batches of a page, and the page of one status, read from the index alone. Its beginning is that of the index it replaces.
create index instruction_by_status on funds.instruction (county, batch_no, status, ref) include (program, for_month, fen);
drop index funds.instruction_by_batch;

-- Claims that are still open, a page at a time.
create index claim_still_open on funds.claim (county, id) where status = 'open';
