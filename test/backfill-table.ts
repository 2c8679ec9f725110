/** A table that a test plants, and a slow change of its rows, ten at a time; used by the test and by the process that it kills. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Backfill } from '../server/platform/backfill.ts'
import { sql } from '../server/platform/db.ts'

export const PLANTED = `
  create table registry.old_row (county text, id integer, hits integer not null default 0, primary key (county, id));
  grant select, update on registry.old_row to minben_app, minben_runner;
  insert into registry.old_row (county, id) select county, id from (values ('441882'), ('441801')) c (county), generate_series(1, 200) id;`

const CHUNK = 10

export const hits = (onChunk: () => void = () => {}): Backfill => ({
  name: 'test.hits',
  title: '测试用的整理',
  table: 'registry.old_row',
  chunk: async (tx, { county, afterKey }) => {
    const { rows } = await sql<{ id: number }>`
      update registry.old_row set hits = hits + 1
       where county = ${county} and id > ${Number(afterKey ?? 0)} and id <= ${Number(afterKey ?? 0) + CHUNK}
      returning id`.execute(tx)
    onChunk()
    await wait(5)
    const last = Math.max(0, ...rows.map(({ id }) => id))
    return { rows: rows.length, afterKey: rows.length < CHUNK ? null : String(last) }
  },
})
