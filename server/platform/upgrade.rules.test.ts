import { expect, test } from 'vitest'
import { isAtLeast, weighMigration } from './upgrade.rules.ts'

const MIB = 2 ** 20
const sizes = new Map([
  ['benefits.award', 63 * MIB],
  ['benefits.run', 1 * MIB],
  ['registry.person', 4096 * MIB],
])

test.each([
  [
    'a table of its own',
    'create table benefits.new (id uuid); create index new_id on benefits.new (id);',
    [],
    'moment',
  ],
  ['a column without a look at the rows', 'alter table registry.person add column note text;', [], 'moment'],
  ['a comment that names a statement', '-- update registry.person set\nselect 1;', [], 'moment'],
  ['an index below 64 MiB', 'create index a on benefits.award (county);', ['benefits.award'], 'moment'],
  [
    'two tables that are 64 MiB together',
    'create unique index a on benefits.award (county); update benefits.run r set no = 1;',
    ['benefits.award', 'benefits.run'],
    'minutes',
  ],
  [
    'a constraint on 4 GiB',
    'alter table registry.person\n  add column note text,\n  add constraint noted check (note is null);',
    ['registry.person'],
    'long',
  ],
])('%s', (_, text, tables, duration) => {
  expect(weighMigration({ name: 'x', text }, sizes)).toMatchObject({ tables, duration })
})

test('versions are compared number by number', () => {
  expect([
    isAtLeast('20.19.0', '>=20.19'),
    isAtLeast('20.9.5', '>=20.19'),
    isAtLeast('22.0.0', '>=20.19'),
  ]).toEqual([true, false, true])
  expect([isAtLeast('17.10', '15'), isAtLeast('15.0', '15'), isAtLeast('14.22', '15')]).toEqual([
    true,
    true,
    false,
  ])
})
