import type { Ctx } from '../../platform/command.ts'
import type { Month } from '../../platform/dates.ts'
import { conflict } from '../../platform/errors.ts'
import type { Fen } from '../../platform/money.ts'
import type { ProgramBook } from '../benefits/index.ts'
import type { Kept } from '../registry/index.ts'
import { OLD_LIST_FIELDS } from './field.rules.ts'
import { checkAbout, lookUpHolders, type AtField, type Holder, type Looked } from './holders.actions.ts'
import type { Checked, CheckOptions, Done, ImportKind } from './kind.rules.ts'
import { readOldList, type OldListRow } from './old-list.rules.ts'
import { rollWordsOf } from './rolls.rules.ts'

/** A line of the old list about somebody on file. */
export interface OldPayment {
  personId: string
  holder: Holder
  program: string
  month: Month
  fen: Fen
  arrearsFen: Fen
  persons: number | null
}

/** Who keeps the old system's list; handed over by the composition. */
export interface OldListStore {
  permission: string
  /** Of these people, what is on file already. */
  find: (
    ctx: Ctx,
    personIds: readonly string[],
  ) => Promise<readonly { id: string; personId: string; program: string; month: Month; fen: Fen }[]>
  /** Ids in the order of the payments. */
  add: (ctx: Ctx, payments: readonly OldPayment[]) => Promise<readonly string[]>
  remove: (ctx: Ctx, ids: readonly string[]) => Promise<Kept>
}

/** Everything that the old system paid in a month: the first parallel month is compared with it, line by line. */
export function oldListKind(
  programs: ProgramBook,
  words: Readonly<Record<string, string>>,
  store: OldListStore,
): ImportKind<OldListRow> {
  const roll = rollWordsOf(programs, words)
  return {
    key: 'old_list',
    title: '旧系统当月实发',
    note: '每行一人一项：姓名、证件号码、项目、月份、实发金额；只用来逐行对照，不产生待遇',
    fields: OLD_LIST_FIELDS,
    permissions: [store.permission],
    atOnce: 1000,
    read: (sheet, at) => readOldList(sheet, at, roll),
    check: (ctx, rows, options) => checkOldList(ctx, rows, { programs, store, options }),
    load: (ctx, rows) => loadOldList(ctx, rows, { programs, store }),
    undo: (ctx, { ids }) => store.remove(ctx, ids),
  }
}

async function checkOldList(
  ctx: Ctx,
  rows: readonly OldListRow[],
  { programs, store, options }: { programs: ProgramBook; store: OldListStore; options: CheckOptions },
): Promise<Checked> {
  const looked = await lookUpHolders(ctx, rows, programs)
  const known = await knownPayments(ctx, rows, { looked, store })
  const judge = (row: OldListRow): AtField | Done | undefined => {
    const before = known(row)
    if (!before) return undefined
    if (before.fen !== row.fen) return { field: 'amount', code: 'payment_taken', value: '' }
    return { subjectId: before.id, why: '这一行已载入过，未重复载入' }
  }
  return checkAbout(ctx, rows, { looked, judge, columns: options.columns, fields: OLD_LIST_FIELDS })
}

async function knownPayments(
  ctx: Ctx,
  rows: readonly OldListRow[],
  { looked: { onFile }, store }: { looked: Looked; store: OldListStore },
) {
  const ids = rows.flatMap(({ idNumber }) => onFile.get(idNumber)?.person?.id ?? [])
  const found = await store.find(ctx, [...new Set(ids)])
  const byKey = new Map(found.map((each) => [`${each.personId} ${each.program} ${each.month}`, each]))
  return ({ idNumber, program, month }: OldListRow) =>
    byKey.get(`${onFile.get(idNumber)?.person?.id ?? ''} ${program} ${month}`)
}

async function loadOldList(
  ctx: Ctx,
  rows: readonly OldListRow[],
  { programs, store }: { programs: ProgramBook; store: OldListStore },
): Promise<Map<number, Done>> {
  const { onFile, holders } = await lookUpHolders(ctx, rows, programs)
  const payments = rows.map((row): OldPayment => {
    const personId = onFile.get(row.idNumber)?.person?.id
    const holder = holders.get(row.row)
    if (personId === undefined || !holder)
      throw conflict('imports.person_gone', '检查之后有人员的档案或家庭已不在，这一行没有载入。请重新检查。')
    const { program, month, fen, arrearsFen, persons } = row
    return { personId, holder, program, month, fen, arrearsFen, persons }
  })
  const ids = await store.add(ctx, payments)
  return new Map(
    rows.map(({ row }, index): [number, Done] => [row, { subjectId: ids[index] ?? null, why: null }]),
  )
}
