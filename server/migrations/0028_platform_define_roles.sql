-- A county makes roles of its own beside those that are installed; these stay as the product gives them.
alter table platform.role add column county text constraint role_county check (county ~ '^[0-9]{6}$'),
  add column version integer not null default 1,
  add column changed_by uuid,
  add column changed_at timestamptz,
  add constraint role_title_once unique (county, title);
comment on column platform.role.county is 'whose own role it is; null = installed with the product, for every county';
