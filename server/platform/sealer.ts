/**
 * The sealer: every half minute it seals the audit rows of each county that no seal holds yet. Formulas and their limits:
 * docs/decisions/0002-audit-seals.md. Order in a pass: check the log against the table, seal, commit, then append to the log.
 *
 * A pass that finds the log and the table at odds seals nothing and says so: going on would cover the traces.
 */
import path from 'node:path'
import { setScope } from './access.ts'
import { isSealIntact, NO_SEAL_MAC, sealRows, type AuditRow, type Seal } from './audit-seal.ts'
import type { Deps } from './command.ts'
import { countiesIn } from './counties.db.ts'
import type { Instant } from './dates.ts'
import type { Db, Tx } from './db.ts'
import { conflict, type AppError } from './errors.ts'
import { appendRestoreLine, appendSealLine, findLastSealLine } from './seal-log.ts'
import {
  insertSeal,
  lastSealOf,
  listSealsFrom,
  listRowsPage,
  sealedAmong,
  snapshotXmin,
  spelledInstant,
  tryLockSeals,
  unlockSeals,
} from './sealer.db.ts'

/** Rows of one seal: bounds memory and the time of one transaction. */
const ROWS = 5000
/** A crash leaves the log one seal short; more missing lines were taken away. The verifier allows the same. */
export const LOG_MAY_LAG = 5

export type SealerDeps = Pick<Deps, 'database' | 'clock' | 'keys' | 'varDir'>

export interface SealPass {
  /** Undefined: nothing to seal, or `busy`. */
  seal: Seal | undefined
  /** Lines that a crash had left out of the log. */
  appended: number
  /** Another process is sealing this county, or a verifier is taking its copy. */
  busy: boolean
}

export interface SealFailure {
  county: string
  error: unknown
}

export function sealsDirectory(varDir: string): string {
  return path.join(varDir, 'seals')
}

/**
 * One seal of one county, at most 5000 rows.
 *
 * Throws `platform.seals_cut_off` (the log knows more than the table), `platform.seal_log_differs` (the last line is not the
 * table's seal), `platform.seal_log_short` (many lines are gone), `platform.seal_forged` (a stored seal has another MAC).
 */
export async function sealCounty(deps: SealerDeps, county: string): Promise<SealPass> {
  const pass = await withSealLock(deps, county, async (db) => {
    const appended = await catchUpLog(deps, db, county)
    // Looked at and not stamped: a demonstration where nobody does anything writes nothing.
    const sealedAt = await spelledInstant(db, await deps.clock.now(db))
    const seal = await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((tx) => sealVisible(deps, tx, { county, sealedAt }))
    if (seal) appendSealLine(sealsDirectory(deps.varDir), seal)
    return { seal, appended, busy: false }
  })
  return pass ?? { seal: undefined, appended: 0, busy: true }
}

/** Every county to its end. One county's failure does not keep the others from being sealed. */
export async function sealAll(deps: SealerDeps): Promise<{ seals: Seal[]; failures: SealFailure[] }> {
  const seals: Seal[] = []
  const failures: SealFailure[] = []
  for (const county of await countiesIn(deps.database.runner, 'platform.audit_row')) {
    try {
      for (let more = true; more;) {
        const { seal } = await sealCounty(deps, county)
        if (seal) seals.push(seal)
        more = seal?.rowCount === ROWS
      }
    } catch (error) {
      failures.push({ county, error })
    }
  }
  return { seals, failures }
}

/** A pass every `everyMs`, the next one counted from the end of the last. `stop` waits for the pass under way. */
export function startSealer(
  deps: SealerDeps,
  everyMs = 30_000,
  report: (failure: SealFailure) => void = reportToStderr,
): { stop: () => Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let pass = Promise.resolve()
  const next = async () => {
    try {
      const { failures } = await sealAll(deps)
      failures.forEach(report)
    } catch (error) {
      report({ county: '', error })
    }
    schedule()
  }
  const schedule = () => {
    if (stopped) return
    timer = setTimeout(() => {
      pass = next()
    }, everyMs)
  }
  schedule()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await pass
    },
  }
}

function reportToStderr({ county, error }: SealFailure): void {
  process.stderr.write(`审计封存失败 ${county}：${error instanceof Error ? error.message : String(error)}\n`)
}

/**
 * To be called once after a backup was restored, before the sealer runs: writes into the log that the seals after the
 * table's last one are given up. The verifier reports each restore for somebody to answer for.
 */
export async function recordRestore(deps: SealerDeps, county: string): Promise<{ n: number }> {
  const restored = await withSealLock(deps, county, async (db) => {
    const last = await inScope(db, county, (tx) => lastSealOf(tx, county))
    const logged = findLastSealLine(sealsDirectory(deps.varDir), county)
    // A log that was saved a little earlier than the table: the seals prove themselves by their chain.
    if (last && last.n > (logged?.n ?? 0)) await catchUpLog(deps, db, county, { mayLag: Infinity })
    const at = await spelledInstant(db, await deps.clock.stamp(db))
    const note = { county, n: last?.n ?? 0, mac: last?.mac ?? NO_SEAL_MAC, at }
    appendRestoreLine(sealsDirectory(deps.varDir), deps.keys.sealKey, note)
    return { n: note.n }
  })
  if (!restored) throw conflict('platform.sealer_busy', '审计封存正在进行，恢复尚未登记。请稍候再试。')
  return restored
}

/**
 * One connection for all: the lock outlives the transaction, because the line is appended after the commit. Undefined when
 * somebody else has the lock.
 */
function withSealLock<Result>(
  { database }: SealerDeps,
  county: string,
  work: (db: Db) => Promise<Result>,
): Promise<Result | undefined> {
  return database.sealer.connection().execute(async (db) => {
    if (!(await tryLockSeals(db, county))) return undefined
    try {
      return await work(db)
    } finally {
      await unlockSeals(db, county)
    }
  })
}

async function sealVisible(
  deps: SealerDeps,
  tx: Tx,
  { county, sealedAt }: { county: string; sealedAt: Instant },
): Promise<Seal | undefined> {
  await setScope(tx, [county])
  const xmin = await snapshotXmin(tx)
  const last = await lastSealOf(tx, county)
  // Transaction ids start again in a database loaded from a logical dump: then search from the beginning, once.
  const fromXact = last && xmin >= last.xactUpto ? last.xactUpto : 0
  const { rows, isCut } = await findUnsealed(tx, county, fromXact)
  if (rows.length === 0) return undefined
  const { seal, members } = sealRows(deps.keys.sealKey, last, { county, sealedAt, rows })
  const xactUpto = isCut ? Math.min(xmin, Number(rows.at(-1)?.xact)) : xmin
  await insertSeal(tx, { seal, members, xactUpto })
  return seal
}

/** `isCut`: there may be more. */
async function findUnsealed(
  tx: Tx,
  county: string,
  fromXact: number,
): Promise<{ rows: AuditRow[]; isCut: boolean }> {
  const unsealed: AuditRow[] = []
  let after: AuditRow | undefined
  for (let isLast = false; !isLast && unsealed.length < ROWS;) {
    const page = await listRowsPage(tx, { county, fromXact, after, limit: ROWS })
    const ids = page.map(({ id }) => id)
    const sealed = await sealedAmong(tx, county, ids)
    unsealed.push(...page.filter(({ id }) => !sealed.has(id)))
    after = page.at(-1)
    isLast = page.length < ROWS
  }
  return { rows: unsealed.slice(0, ROWS), isCut: unsealed.length >= ROWS }
}

/** Appends what a crash between commit and append left out; refuses when log and table cannot both be right. */
async function catchUpLog(
  { keys, varDir }: SealerDeps,
  db: Db,
  county: string,
  { mayLag = LOG_MAY_LAG }: { mayLag?: number } = {},
): Promise<number> {
  const directory = sealsDirectory(varDir)
  const logged = findLastSealLine(directory, county)
  const stored = await inScope(db, county, (tx) => listSealsFrom(tx, county, logged?.n ?? 1))
  let previous = { n: logged?.n ?? 0, mac: logged?.mac ?? NO_SEAL_MAC }
  const missing = stored.filter(({ n }) => n > previous.n)
  if (previous.n > 0) requireSame(county, previous, stored[0])
  if (missing.length > mayLag) throw logShort(county, missing.length)
  for (const seal of missing) {
    if (seal.n !== previous.n + 1 || !isSealIntact(keys.sealKey, previous.mac, seal))
      throw forged(county, seal.n)
    previous = seal
  }
  missing.forEach((seal) => appendSealLine(directory, seal))
  return missing.length
}

function requireSame(county: string, logged: { n: number; mac: string }, stored: Seal | undefined): void {
  if (stored?.n !== logged.n) {
    throw conflict(
      'platform.seals_cut_off',
      `审计封存日志已到第 ${logged.n} 号，数据库中没有这一号：末尾的封存被截去，或恢复过备份。已停止封存；恢复过备份的，请登记恢复，否则请核验审计记录。`,
      { county, n: logged.n },
    )
  }
  if (stored.mac !== logged.mac) {
    throw conflict(
      'platform.seal_log_differs',
      `数据库中第 ${logged.n} 号审计封存与封存日志不一致。已停止封存，请核验审计记录并查明谁改动过。`,
      { county, n: logged.n },
    )
  }
}

function logShort(county: string, missing: number): AppError {
  return conflict(
    'platform.seal_log_short',
    `审计封存日志缺最后 ${missing} 号，不是一次中断造成的。已停止封存，请找回封存日志文件，并查明谁动过它。`,
    { county, missing },
  )
}

function forged(county: string, n: number): AppError {
  return conflict(
    'platform.seal_forged',
    `第 ${n} 号审计封存的签名不符，封存被改写或密钥文件不对。已停止封存，请核对密钥文件并核验审计记录。`,
    { county, n },
  )
}

function inScope<Result>(db: Db, county: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return db.transaction().execute(async (tx) => {
    await setScope(tx, [county])
    return work(tx)
  })
}
