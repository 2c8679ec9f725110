import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { requireCounty, requirePermission, setScope, type Actor } from './access.ts'
import { insertAudit } from './audit.db.ts'
import { stampAfterLast } from './clock-guard.db.ts'
import { stoppedClock, type Clock } from './clock.ts'
import { shareCounty } from './county-lock.db.ts'
import type { Database } from './database.ts'
import type { Instant } from './dates.ts'
import type { Config } from './config.ts'
import { refreshStatistics } from './statistics.db.ts'
import { deleteDraft, openDraftsOf } from './draft.db.ts'
import { isConnectionLost, sqlStateOf, type Tx } from './db.ts'
import { AppError, invalid, isAppError, unavailable } from './errors.ts'
import { bodyHash, claimKey, storeOutcome } from './idempotency.db.ts'
import type { KeyRing } from './keys.ts'
import type { HealthLimits } from './service-settings.ts'

/** What a process hands to every use-case. */
export interface Deps {
  database: Database
  clock: Clock
  keys: KeyRing
  varDir: string
  /** Of a service that is watched over, and of its backup; absent = as usual, and nobody's. */
  limits?: HealthLimits
  keeping?: Pick<Config, 'databaseUrl' | 'backup'>
}

/** Everything a use-case can reach. */
export interface Ctx extends Pick<Deps, 'clock' | 'keys' | 'varDir' | 'keeping'> {
  tx: Tx
  actor: Actor
  county: string
  requestId: string
  /** The instant at which this request's records become known; takes the county's writer lock first (one stamp per request). */
  recordedAt: () => Promise<Instant>
}

export interface Command<Input, Result> {
  /** Audit event, past tense: <module>.<noun>.<verb>. */
  event: string
  permission: string
  input: z.ZodType<Input>
  /** The runner bypasses row-level security: jobs and the command line only, never a request. */
  role?: 'app' | 'runner'
  /** May change a table's size so much that plans made on its old statistics go wrong. */
  isBulk?: boolean
  /** Money and decisions: a repeated request must answer, not act again. */
  needsKey?: boolean
  /** The result holds what the database keeps encrypted: it is never stored to answer a repeated request, which reads again. */
  isSecret?: boolean
  run: (ctx: Ctx, input: Input) => Promise<Result>
  /** One of the many steps of an act that its first row tells: done, it leaves no row of its own; refused or failed, it does. */
  isContinued?: (result: never) => boolean
  /** Ids for the audit row; counts are allowed, values are not. */
  subject?: (input: Input, result: Result) => Record<string, unknown>
}

export function command<Input, Result>(definition: Command<Input, Result>): Command<Input, Result> {
  return definition
}

export interface Call {
  actor: Actor
  county: string
  idempotencyKey?: string
  /** Stands in the audit row and in the answer; made here where nobody gives one. */
  requestId?: string
  /** What was kept of the form that this comes from: gone once it is done, in the same transaction. */
  draftId?: string
}

const RETRYABLE = new Set(['40001', '40P01'])
const ATTEMPTS = 3

/** One request = one transaction = one audit row; a refused or failed one leaves its row in a second short transaction. */
export async function execute<Input, Result>(
  deps: Deps,
  definition: Command<Input, Result>,
  call: Call & { input: unknown },
): Promise<Result> {
  const requestId = call.requestId ?? randomUUID()
  try {
    requirePermission(call.actor, definition.permission)
    requireCounty(call.actor, call.county)
    const input = parseInput(definition, call.input)
    if (definition.needsKey && !call.idempotencyKey) {
      throw invalid(
        'platform.idempotency_key_missing',
        '涉及资金或认定的操作必须带操作编号（Idempotency-Key），本次未执行。',
      )
    }
    const result = await withRetries(
      () => attempt(deps, definition, { ...call, input, requestId }),
      isCollision,
    )
    if (definition.isBulk) await afterBulk(deps)
    return result
  } catch (error) {
    await auditFailure(deps, { ...call, event: definition.event, error, requestId })
    throw error
  }
}

async function attempt<Input, Result>(
  deps: Deps,
  definition: Command<Input, Result>,
  { actor, county, input, requestId, draftId, ...call }: Call & { input: Input; requestId: string },
): Promise<Result> {
  const idempotencyKey = definition.isSecret ? undefined : call.idempotencyKey
  const connection = definition.role === 'runner' ? deps.database.runner : deps.database.app
  const progress = { isCommitting: false, hasKey: Boolean(idempotencyKey) }
  const transaction = connection.transaction().execute(async (tx) => {
    await setScope(tx, actor.scope)
    const ctx = contextOf(deps, { tx, actor, county, requestId })
    if (idempotencyKey) {
      const claim = {
        county,
        key: idempotencyKey,
        actorId: actor.id,
        event: definition.event,
        hash: bodyHash(deps.keys, definition.event, input),
      }
      const stored = await claimKey(tx, { ...claim, at: new Date().toISOString() })
      if (stored) return stored.result as Result
    }
    const result = await definition.run(ctx, input)
    if (draftId) await removeSent(ctx, draftId)
    if (!definition.isContinued?.(result as never)) {
      await insertAudit(tx, {
        county,
        at: await stampAfterLast(deps.clock, tx, county),
        actorId: actor.id,
        event: definition.event,
        outcome: 'done',
        subject: definition.subject?.(input, result) ?? {},
        requestId,
      })
    }
    if (idempotencyKey) await storeOutcome(tx, county, idempotencyKey, result)
    progress.isCommitting = true
    return result
  })
  return transaction.catch((error: unknown) => {
    throw isConnectionLost(error) ? lost(progress) : error
  })
}

async function removeSent({ tx, county, actor }: Ctx, id: string): Promise<void> {
  await openDraftsOf(tx, actor.id)
  await deleteDraft(tx, { county, accountId: actor.id, id })
}

/** Before the commit nothing is written; a commit whose answer never came may have been carried out. */
function lost({ isCommitting, hasKey }: { isCommitting: boolean; hasKey: boolean }): AppError {
  if (!isCommitting)
    return unavailable('platform.database_lost', '数据库连接中断，本次操作没有写入。请稍后重试。')
  const remedy = hasKey
    ? '请稍后用原操作编号重新提交：已写入的不会重复办理，未写入的会照常办理。'
    : '请稍后先查询是否已经办理，未办理的再重新提交。'
  return unavailable(
    'platform.database_outcome_unknown',
    `提交时数据库连接中断，本次操作是否已写入尚不确定。${remedy}`,
  )
}

/** The command is committed: without fresh statistics it is still done. */
async function afterBulk(deps: Deps): Promise<void> {
  try {
    await refreshStatistics(deps.database.app)
  } catch (error) {
    if (!isConnectionLost(error)) throw error
  }
}

function contextOf(deps: Deps, part: Pick<Ctx, 'tx' | 'actor' | 'county' | 'requestId'>): Ctx {
  let stamped: Promise<Instant> | undefined
  const stamp = async () => {
    await shareCounty(part.tx, part.county)
    return deps.clock.stamp(part.tx)
  }
  return {
    ...part,
    clock: deps.clock,
    keys: deps.keys,
    varDir: deps.varDir,
    ...(deps.keeping ? { keeping: deps.keeping } : {}),
    recordedAt: () => (stamped ??= stamp()),
  }
}

/** Reads inside one scoped transaction: lists, counts, exports. Nothing is written but what `read` itself audits. */
export async function read<Result>(
  deps: Deps,
  call: Call,
  work: (ctx: Ctx) => Promise<Result>,
): Promise<Result> {
  return readIn(deps.database.app.transaction(), deps, call, work)
}

/**
 * Reads much, as of one moment: read-only and without a lock, so that it may take its time. The clock stands still meanwhile, since
 * a demonstration's is written when it is asked.
 */
export async function readSnapshot<Result>(
  deps: Deps,
  call: Call,
  work: (ctx: Ctx) => Promise<Result>,
): Promise<Result> {
  const at = await read(deps, call, ({ tx }) => deps.clock.now(tx))
  const transaction = deps.database.app
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
  return readIn(transaction, { ...deps, clock: stoppedClock(at) }, call, work)
}

async function readIn<Result>(
  transaction: ReturnType<Deps['database']['app']['transaction']>,
  deps: Deps,
  { actor, county, requestId = randomUUID() }: Call,
  work: (ctx: Ctx) => Promise<Result>,
): Promise<Result> {
  requireCounty(actor, county)
  const reading = transaction.execute(async (tx) => {
    await setScope(tx, actor.scope)
    return work(contextOf(deps, { tx, actor, county, requestId }))
  })
  return reading.catch((error: unknown) => {
    throw isConnectionLost(error)
      ? unavailable('platform.database_lost', '数据库连接中断，没有读到内容。请稍后重试。')
      : error
  })
}

function parseInput<Input>(definition: { input: z.ZodType<Input> }, raw: unknown): Input {
  const parsed = definition.input.safeParse(raw)
  if (parsed.success) return parsed.data
  const details = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), problem: issue.message }))
  throw invalid('platform.input_invalid', '提交的内容不完整或格式不对，未保存。请按提示改正后再提交。', {
    details,
  })
}

function isCollision(error: unknown): boolean {
  return RETRYABLE.has(sqlStateOf(error) ?? '')
}

/** Up to three tries, where an error says that another may succeed. */
export async function withRetries<Result>(
  work: () => Promise<Result>,
  mayRetry: (error: unknown) => boolean,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries >= ATTEMPTS || !mayRetry(error)) throw error
    }
  }
}

const LOST = new Set(['platform.database_lost', 'platform.database_outcome_unknown'])

/**
 * Outcome and code, no input values. If even this cannot be written the request is answered with 503. A lost connection keeps its
 * own answer: the operation may have been carried out, and several dead connections may be waiting in the pool.
 */
export async function auditFailure(
  deps: Deps,
  failure: Call & { event: string; error: unknown; requestId: string },
): Promise<void> {
  const code = isAppError(failure.error) ? failure.error.code : 'platform.unexpected'
  const isRefusal = failure.error instanceof AppError && failure.error.status === 403
  const write = () =>
    deps.database.app.transaction().execute(async (tx) => {
      await setScope(tx, [failure.county])
      await insertAudit(tx, {
        county: failure.county,
        at: deps.clock.expression,
        actorId: failure.actor.id,
        event: failure.event,
        outcome: isRefusal ? 'refused' : 'failed',
        code,
        subject: {},
        requestId: failure.requestId,
      })
    })
  try {
    await withRetries(write, isConnectionLost)
  } catch (error) {
    if (LOST.has(code)) return
    throw unavailable('platform.audit_unavailable', '操作记录暂时无法写入，本次操作未执行。请稍后再试。', {
      cause: String(error),
    })
  }
}
