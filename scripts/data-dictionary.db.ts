/** Every table, view and column, with the words that stand at it. */
export interface ColumnRow {
  table: string
  isView: boolean
  about: string | null
  column: string
  type: string
  isRequired: boolean
  isKey: boolean
  meaning: string | null
}

interface Asked {
  query: <Row extends object>(text: string) => Promise<{ rows: Row[] }>
}

export async function readColumns(db: Asked): Promise<ColumnRow[]> {
  const { rows } = await db.query<ColumnRow>(
    `select n.nspname || '.' || c.relname as table, c.relkind = 'v' as "isView", obj_description(c.oid, 'pg_class') as about,
            a.attname as column, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "isRequired",
            exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p' and a.attnum = any (k.conkey)) as "isKey",
            col_description(c.oid, a.attnum) as meaning
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind in ('r', 'p', 'v') and not c.relispartition
        and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'graphile_worker')
      order by n.nspname, c.relname, a.attnum`,
  )
  return rows
}
