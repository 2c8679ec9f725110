import type { z } from 'zod'
import { requireWholeCounty } from './access.ts'
import { isSealIntact, NO_SEAL_MAC, type Seal } from './audit-seal.ts'
import {
  findAccountId,
  findAuditMoment,
  listAuditActors,
  listAuditPage,
  type AuditActor,
  type StoredAudit,
} from './audit-view.db.ts'
import * as view from './audit-view.schema.ts'
import type { Ctx } from './command.ts'
import { notFound } from './errors.ts'
import { query } from './query.ts'
import { queryRoute, type Route } from './route.ts'
import { findLastSealLine } from './seal-log.ts'
import { LOG_MAY_LAG, sealsDirectory } from './sealer.ts'
import { listSealsBefore } from './sealer.db.ts'

/** Event → what was done, in Chinese; told by the composition, which knows every module. */
export type EventTitles = Readonly<Record<string, string>>

const READ = 'platform.audit.read'

const OUTCOME: Readonly<Record<view.Outcome, string>> = {
  done: '已办理',
  refused: '被拒绝',
  failed: '没有办成',
  started: '已开始',
  finished: '已结束',
}

export function auditListed(titles: EventTitles) {
  return query({
    event: 'platform.audit.listed',
    permission: READ,
    run: async ({ tx, actor, county }: Ctx, input: z.output<typeof view.listAuditEndpoint.input>) => {
      requireWholeCounty(actor, county)
      const { limit, actor: login, after, from, to, event, outcome, release } = input
      const actorId = login === undefined ? undefined : await accountOf(tx, login)
      const mark = after === undefined ? undefined : await findAuditMoment(tx, county, after)
      if (after !== undefined && !mark) throw badMark()
      const filter = { from, to, actorId, event, outcome, release, after: mark, limit: limit + 1 }
      const rows = await listAuditPage(tx, county, filter)
      const page = rows.slice(0, limit)
      const actors = await listAuditActors(tx, [...new Set(page.flatMap((row) => row.actorId ?? []))])
      return {
        rows: page.map((row) => rowShown(row, titles, actors)),
        next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
      }
    },
    subject: (_, { rows }) => ({ rows: rows.length }),
  })
}

async function accountOf(tx: Ctx['tx'], login: string): Promise<string> {
  const id = await findAccountId(tx, login)
  if (id !== undefined) return id
  throw notFound('platform.account_unknown', `没有名为“${login}”的账号。请核对登录名。`)
}

function badMark() {
  return notFound('platform.audit_page_unknown', '翻页标记不对，请从第一页重新查看。')
}

function rowShown(
  { actorId, event, outcome, subject, ...row }: StoredAudit,
  titles: EventTitles,
  actors: ReadonlyMap<string, AuditActor>,
): view.AuditRowShown {
  const actor = actorId === null ? undefined : actors.get(actorId)
  const who = actor ? { login: actor.login, fullName: actor.fullName, roles: actor.roles } : null
  return {
    ...row,
    ...{ who, event, title: titles[event] ?? event, outcome, outcomeTitle: OUTCOME[outcome] },
    subject: JSON.parse(subject) as Record<string, unknown>,
  }
}

function eventsListed(titles: EventTitles) {
  return query({
    event: 'platform.audit.events_listed',
    permission: READ,
    run: async (_: Ctx, _input: { county: string }) => ({
      events: Object.entries(titles).map(([event, title]) => ({ event, title })),
    }),
  })
}

/** Signatures and their chain only; `audit verify` also compares every row with its seal. */
const sealsListed = query({
  event: 'platform.seal.listed',
  permission: READ,
  run: async (ctx: Ctx, { before, limit }: z.output<typeof view.listSealsEndpoint.input>) => {
    const { tx, actor, county } = ctx
    requireWholeCounty(actor, county)
    const rows = await listSealsBefore(tx, county, { before, limit: limit + 1 })
    const page = rows.slice(0, limit)
    const [last] = before === undefined ? rows : await listSealsBefore(tx, county, { limit: 1 })
    return {
      seals: page.map((seal, index) => {
        const { n, sealedAt, rowCount, firstAt, lastAt } = seal
        const isIntact = isJoined(ctx, seal, rows[index + 1])
        return { n, sealedAt, rowCount, firstAt, lastAt, isIntact }
      }),
      next: rows.length > limit ? (page.at(-1)?.n ?? null) : null,
      end: endOf(ctx, last),
    }
  },
  subject: (_, { seals, end }) => ({
    seals: seals.length,
    broken: seals.filter(({ isIntact }) => !isIntact).length,
    end: end.state,
  }),
})

function isJoined({ keys }: Ctx, seal: Seal, previous: Seal | undefined): boolean {
  if (seal.n !== (previous?.n ?? 0) + 1) return false
  return isSealIntact(keys.sealKey, previous?.mac ?? NO_SEAL_MAC, seal)
}

interface SealEnd {
  state: 'intact' | 'nothing_sealed' | 'cut_off' | 'differs' | 'log_short'
  message: string
}

/** As the sealer asks before it seals: a crash may leave the log a little behind, never ahead. */
function endOf({ varDir, county }: Ctx, last: Seal | undefined): SealEnd {
  const logged = findLastSealLine(sealsDirectory(varDir), county)
  if (!last && !logged) return { state: 'nothing_sealed', message: '还没有封印。' }
  const [stored, inLog] = [last?.n ?? 0, logged?.n ?? 0]
  if (inLog > stored) {
    const message = `封存日志已到第 ${inLog} 号，数据库只到第 ${stored} 号：末尾被截去，或恢复过备份。请核验操作记录。`
    return { state: 'cut_off', message }
  }
  if (stored - inLog > LOG_MAY_LAG) {
    const message = `封存日志只到第 ${inLog} 号，缺最后 ${stored - inLog} 号。请找回封存日志文件。`
    return { state: 'log_short', message }
  }
  if (inLog === stored && logged?.mac !== last?.mac) {
    return { state: 'differs', message: `第 ${stored} 号封印与封存日志不一致。请核验操作记录并查明原因。` }
  }
  const message =
    inLog === stored
      ? `数据库与封存日志都到第 ${stored} 号，一致。`
      : `数据库到第 ${stored} 号，封存日志到第 ${inLog} 号；下一次封存时补齐。`
  return { state: 'intact', message }
}

export function auditRoutes(titles: EventTitles): readonly Route[] {
  return [
    queryRoute(view.listAuditEndpoint, auditListed(titles)),
    queryRoute(view.listAuditEventsEndpoint, eventsListed(titles)),
    queryRoute(view.listSealsEndpoint, sealsListed),
  ]
}
