/**
 * The proof that the backup is good: it is restored beside the office at work, compared with it and thrown away. What was counted
 * before and after the last segment was asked for are the bounds of what must be there.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { setScope } from '../access.ts'
import { insertAudit, NOWHERE } from '../audit.db.ts'
import { verifyAudit } from '../audit-verify.ts'
import type { Deps } from '../command.ts'
import { unavailable } from '../errors.ts'
import { countTables, isSealOf, lastSeals, switchSegment } from './backup.db.ts'
import { waitingSegments } from './archiver.ts'
import { drillsOf, makeFolder, namesIn, syncFolder, writeWhole } from './folder.ts'
import { restore, type RestoredPlace } from './restore.ts'

const DrillResult = z.object({
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  copy: z.string(),
  /** Up to which moment the restored database came. */
  upTo: z.string(),
  tables: z.number(),
  rows: z.number(),
  counties: z.number(),
  /** Chinese; none = the backup is good. */
  problems: z.array(z.string()),
})
export type DrillResult = z.infer<typeof DrillResult>

/** What the last drill found; undefined = none was made, or what it left cannot be read. */
export async function newestDrill(root: string): Promise<DrillResult | undefined> {
  try {
    const name = (await namesIn(drillsOf(root))).filter((each) => each.endsWith('.json')).at(-1)
    if (name === undefined) return undefined
    return DrillResult.parse(JSON.parse(await readFile(path.join(drillsOf(root), name), 'utf8')))
  } catch {
    return undefined
  }
}

export async function drill(
  deps: Deps,
  { root, onStep = () => {} }: { root: string; onStep?: (text: string) => void },
): Promise<DrillResult> {
  const startedAt = new Date().toISOString()
  const to = path.join(deps.varDir, `drill-${randomUUID().slice(0, 8)}`)
  const live = new pg.Client({ connectionString: deps.database.adminUrl, application_name: 'minben_drill' })
  await live.connect()
  try {
    const before = await countTables(live)
    const sealed = await lastSeals(live)
    await handOver(live, deps.varDir)
    const after = await countTables(live)
    const found = { problems: [] as string[], rows: 0, counties: 0 }
    await mkdir(to, { mode: 0o700 })
    const restored = await restore(
      { root, to, keys: deps.keys, onStep },
      async (place, { missing, lostFiles }) => {
        if (missing !== undefined) found.problems.push(`备份缺日志 ${missing}，此后的内容恢复不出来。`)
        if (lostFiles.length > 0) found.problems.push(`有 ${lostFiles.length} 个存档文件在备份里缺失或损坏。`)
        await compare(place, live, { before, after, sealed, found })
      },
    )
    const { copy, upTo } = restored
    const told = { startedAt, endedAt: new Date().toISOString(), copy, upTo, tables: before.size, ...found }
    await keepResult(root, told)
    await leaveRow(deps, told)
    return told
  } finally {
    await live.end()
    await rm(to, { recursive: true, force: true })
  }
}

const PATIENCE_MS = 60_000

async function handOver(live: pg.Client, varDir: string): Promise<void> {
  await switchSegment(live)
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await wait(100))
    if ((await waitingSegments(varDir)).length === 0) return
  throw unavailable('platform.archive_stuck', '数据库没有交出日志，演练没有做。请先看 minben backup status。')
}

interface Bounds {
  before: ReadonlyMap<string, number>
  after: ReadonlyMap<string, number>
  /** The last seals at the time of `before`. */
  sealed: ReadonlyMap<string, { n: number }>
  found: { problems: string[]; rows: number; counties: number }
}

async function compare({ deps, adminUrl }: RestoredPlace, live: pg.Client, bounds: Bounds): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    compareCounts(await countTables(client), bounds)
    await compareSeals(client, live, bounds)
  } finally {
    await client.end()
  }
  const verdict = await verifyAudit(deps)
  for (const { county, findings } of verdict.counties)
    if (findings.length > 0)
      bounds.found.problems.push(`恢复出的操作记录核验有 ${findings.length} 处异常（${county}）。`)
}

function compareCounts(counts: ReadonlyMap<string, number>, { before, after, found }: Bounds): void {
  for (const [table, first] of before) {
    const rows = counts.get(table)
    const second = after.get(table) ?? first
    if (rows === undefined || rows < Math.min(first, second) || rows > Math.max(first, second))
      found.problems.push(`${table}：恢复出 ${rows ?? '无此表'} 行，应在 ${first} 与 ${second} 之间。`)
    found.rows += rows ?? 0
  }
}

/** The seal that the restored database ends with is one of the live database, and none that it had before is missing. */
async function compareSeals(client: pg.Client, live: pg.Client, { sealed, found }: Bounds): Promise<void> {
  const restored = await lastSeals(client)
  for (const [county, { n }] of sealed)
    if ((restored.get(county)?.n ?? 0) < n) found.problems.push(`${county}：恢复出的库缺第 ${n} 号封印。`)
  for (const [county, seal] of restored) {
    found.counties += 1
    if (!(await isSealOf(live, county, seal)))
      found.problems.push(`${county}：恢复出的最后一个封印（第 ${seal.n} 号）与正在用的库不符。`)
  }
}

async function keepResult(root: string, result: DrillResult): Promise<void> {
  await makeFolder(drillsOf(root))
  const name = `${result.startedAt.replace(/[-:]|\.\d+/g, '')}.json`
  await writeWhole(path.join(drillsOf(root), name), Buffer.from(`${JSON.stringify(result, null, 2)}\n`))
  await syncFolder(drillsOf(root))
}

async function leaveRow({ database, clock }: Deps, result: DrillResult): Promise<void> {
  const { copy, upTo, tables, rows, problems } = result
  await database.app.transaction().execute(async (tx) => {
    await setScope(tx, [NOWHERE])
    await insertAudit(tx, {
      ...{ county: NOWHERE, at: await clock.stamp(tx), actorId: null, requestId: randomUUID() },
      event: 'platform.backup.drilled',
      outcome: problems.length === 0 ? 'finished' : 'failed',
      subject: { copy, upTo, tables, rows, problems: problems.length },
    })
  })
}
