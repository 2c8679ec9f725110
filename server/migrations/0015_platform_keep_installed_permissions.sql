-- What a role was installed with: a later version adds what is new to it, and never again what the bureau has taken away.
alter table platform.role add column installed text[] not null default '{}';
update platform.role set installed = permissions;
comment on column platform.role.installed is 'permissions that versions of the product have given this role so far';
