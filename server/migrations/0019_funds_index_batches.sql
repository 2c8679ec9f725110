-- What came of a page of batches, and a page of one status in the order of references. Begins like the index that it replaces.
-- No index for pages of open claims: without statistics it was taken where single claims are looked up, a loop over all of them.
create index instruction_by_status on funds.instruction (county, batch_no, status, ref);
drop index funds.instruction_by_batch;
