-- Open claims are few and each names its award and month: the primary key tells whether a run has a further line there. Of a raise nearly
-- every line is a further one, and each was written here for nobody.
drop index benefits.obligation_line_again;
