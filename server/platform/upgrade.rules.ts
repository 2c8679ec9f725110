/** What an upgrade would do to the tables that are there, read from the text of its migrations. */

/** Of PostgreSQL. */
export const OLDEST_SERVER = '15'

export type Duration = 'moment' | 'minutes' | 'long'

export interface PendingMigration {
  name: string
  /** Tables with rows that it rewrites, checks or indexes. */
  tables: string[]
  bytes: number
  duration: Duration
}

const MIB = 2 ** 20
/** Below, a second or two; above, the office should be told to wait. Index builds and rewrites move some 50 MiB a second. */
const MINUTES_FROM = 64 * MIB
const LONG_FROM = 4096 * MIB

/** Statements whose time grows with the table: they read or rewrite all of it. */
const SLOW = [
  /\bcreate\s+(?:unique\s+)?index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?\w+\s+on\s+(?:only\s+)?([\w.]+)/gi,
  /\bupdate\s+(?:only\s+)?([\w.]+)\s+(?:\w+\s+)?set\b/gi,
  /\bdelete\s+from\s+([\w.]+)/gi,
  /\balter\s+table\s+(?:only\s+)?([\w.]+)[^;]*?\b(?:add\s+constraint|set\s+not\s+null|alter\s+column\s+\w+\s+type|validate\s+constraint|generated\s+always)\b/gi,
]

/** `sizes`: bytes of each table of the database, by `schema.table`; what a migration creates itself is not among them. */
export function weighMigration(
  { name, text }: { name: string; text: string },
  sizes: ReadonlyMap<string, number>,
): PendingMigration {
  const statements = text.replace(/--[^\n]*/g, '')
  const named = SLOW.flatMap((form) => [...statements.matchAll(form)].map(([, table = '']) => table))
  const tables = [...new Set(named)].filter((table) => sizes.has(table)).sort()
  const bytes = tables.reduce((sum, table) => sum + (sizes.get(table) ?? 0), 0)
  return { name, tables, bytes, duration: durationOf(bytes) }
}

function durationOf(bytes: number): Duration {
  if (bytes < MINUTES_FROM) return 'moment'
  return bytes < LONG_FROM ? 'minutes' : 'long'
}

export const DURATION_TITLES: Readonly<Record<Duration, string>> = {
  moment: '几秒',
  minutes: '几分钟',
  long: '十分钟以上，请安排在下班后',
}

/** The order of two version texts, by their numbers: 20.9.0 comes before 20.19.0. */
export function isAtLeast(version: string, least: string): boolean {
  const numbers = (text: string) => text.replace(/^\D+/, '').split('.').map(Number)
  const [have, want] = [numbers(version), numbers(least)]
  for (const [index, number] of want.entries()) {
    const here = have[index] ?? 0
    if (here !== number) return here > number
  }
  return true
}
