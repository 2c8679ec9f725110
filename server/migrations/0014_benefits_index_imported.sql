-- Every run asks which awards of an old list begin in its month.
create index award_imported on benefits.award (county, ledger_opens_month) where last_paid_month is not null;
