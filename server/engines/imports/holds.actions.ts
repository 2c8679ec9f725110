import type { Ctx } from '../../platform/command.ts'
import type { Month, PlainDate } from '../../platform/dates.ts'
import { conflict } from '../../platform/errors.ts'
import { listHeldAwards, type ProgramBook } from '../benefits/index.ts'
import type { Kept } from '../registry/index.ts'
import { HOLD_FIELDS } from './field.rules.ts'
import { checkAbout, lookUpHolders, type AtField, type Looked } from './holders.actions.ts'
import { readHolds, type HoldRow } from './holds.rules.ts'
import type { Checked, CheckOptions, Done, ImportKind } from './kind.rules.ts'
import { rollWordsOf } from './rolls.rules.ts'

/** Of one award, or of everything that a person gets. */
export type HoldTarget = { awardId: string } | { personId: string }

/** Who keeps holds; handed over by the composition. */
export interface HoldStore {
  permission: string
  /** Ids of awards and people among these that are held, each with its hold. */
  find: (ctx: Ctx, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>
  set: (
    ctx: Ctx,
    hold: HoldTarget & { fromMonth: Month; cause: string; evidence: string; reviewOn: PlainDate },
  ) => Promise<string>
  lift: (ctx: Ctx, holdIds: readonly string[], reason: string) => Promise<Kept>
}

/** What the old system held back: entered here with the same reasons, paid when somebody lifts it. */
export function holdsKind(
  programs: ProgramBook,
  words: Readonly<Record<string, string>>,
  store: HoldStore,
): ImportKind<HoldRow> {
  const roll = rollWordsOf(programs, words)
  return {
    key: 'holds',
    title: '暂缓发放',
    note: '每行一人一项：姓名、证件号码、项目、起始月份、原因、证据、复查日期；待遇不变，只是先不付',
    fields: HOLD_FIELDS,
    permissions: [store.permission],
    atOnce: 500,
    read: (sheet, at) => readHolds(sheet, at, roll),
    check: (ctx, rows, options) => checkHolds(ctx, rows, { programs, store, options }),
    load: async (ctx, rows) => {
      const targetOf = await targetsOf(ctx, await lookUpHolders(ctx, rows, programs))
      const done = new Map<number, Done>()
      for (const row of rows) {
        const target = targetOf(row)
        if (!target)
          throw conflict('imports.person_gone', '检查之后档案或待遇已不在，这一行没有载入。请重新检查。')
        const { fromMonth, cause, evidence, reviewOn } = row
        const subjectId = await store.set(ctx, { ...target, fromMonth, cause, evidence, reviewOn })
        done.set(row.row, { subjectId, why: null })
      }
      return done
    },
    undo: (ctx, { ids, reason }) => store.lift(ctx, ids, reason),
  }
}

/** What a row is about, if that is on file. */
async function targetsOf(
  ctx: Ctx,
  { onFile, holders }: Looked,
): Promise<(row: HoldRow) => HoldTarget | undefined> {
  const holderIds = [...new Set([...holders.values()].map(({ id }) => id))]
  const awards = await listHeldAwards(ctx.tx, ctx.county, holderIds)
  // Ids grow with time: of two awards of a programme the one that came later goes on.
  const byKey = new Map(
    awards
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, holderId, program }) => [`${holderId} ${program}`, id]),
  )
  return ({ row, idNumber, program }) => {
    const personId = onFile.get(idNumber)?.person?.id
    if (program === '') return personId === undefined ? undefined : { personId }
    const awardId = byKey.get(`${holders.get(row)?.id ?? ''} ${program}`)
    return awardId === undefined ? undefined : { awardId }
  }
}

async function checkHolds(
  ctx: Ctx,
  rows: readonly HoldRow[],
  { programs, store, options }: { programs: ProgramBook; store: HoldStore; options: CheckOptions },
): Promise<Checked> {
  const looked = await lookUpHolders(ctx, rows, programs)
  const targetOf = await targetsOf(ctx, looked)
  const ids = rows.flatMap((row) => idOf(targetOf(row)) ?? [])
  const held = await store.find(ctx, [...new Set(ids)])
  const judge = (row: HoldRow): AtField | Done | undefined => {
    const targetId = idOf(targetOf(row))
    if (targetId === undefined) return { field: 'program', code: 'award_missing', value: '' }
    const subjectId = held.get(targetId)
    return subjectId === undefined ? undefined : { subjectId, why: '已经登记了暂缓，未重复登记' }
  }
  return checkAbout(ctx, rows, { looked, judge, columns: options.columns, fields: HOLD_FIELDS })
}

function idOf(target: HoldTarget | undefined): string | undefined {
  if (!target) return undefined
  return 'awardId' in target ? target.awardId : target.personId
}
