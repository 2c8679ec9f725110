import { command, type Command, type Ctx } from '../../platform/command.ts'
import type { PlainDate } from '../../platform/dates.ts'
import { conflict, invalid, notFound } from '../../platform/errors.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  findFactRow,
  insertFacts,
  insertUndoings,
  listKnownRows,
  listRecords,
  supersedeFacts,
  type FactRow,
} from './fact.db.ts'
import { FACT_KINDS, RecordFacts, UndoFact, type FactKind, type NewFact } from './fact.schema.ts'
import { getPeopleForWrite, listOutOfPlace, updatePersonPlaces } from './person.db.ts'
import { requireResidencesKnown } from './place.actions.ts'
import { requirePlace, type Place } from './place.rules.ts'
import { dayAt, differenceOf, foldRecords, layOver } from './timeline.rules.ts'

/** What else must happen, in the same transaction, once such a fact is on record. */
export type LifeEventHandler = (ctx: Ctx, event: { personId: string; on: PlainDate }) => Promise<void>

/** The consequences of each kind of fact, in order; the composition writes the list and calls it. */
export type LifeEventHooks = Readonly<Record<string, readonly LifeEventHandler[]>>

/** `kinds` = the registry's own plus those of the domains. */
export function recordFactsCommand(kinds: readonly FactKind[]): Command<RecordFacts, { ids: string[] }> {
  return command({
    event: 'registry.fact.recorded',
    isBulk: true,
    permission: 'registry.fact.record',
    input: RecordFacts,
    run: (ctx, { facts }) => recordFactsIn(ctx, kinds, facts),
    subject: ({ facts }, { ids }) => ({
      facts: ids.length,
      ids: ids.slice(0, 20),
      personIds: [...new Set(facts.map(({ personId }) => personId))].slice(0, 20),
    }),
  })
}

export const recordFacts = recordFactsCommand(FACT_KINDS)

async function recordFactsIn(
  ctx: Ctx,
  kinds: readonly FactKind[],
  facts: readonly NewFact[],
): Promise<{ ids: string[] }> {
  const at = await ctx.recordedAt()
  const personIds = [...new Set(facts.map(({ personId }) => personId))]
  const people = await getPeopleForWrite(ctx.tx, ctx.county, personIds)
  const rows = facts.map((fact) => {
    const person = people.get(fact.personId)
    return factRowOf(kinds, fact, { town: person?.town ?? null, village: person?.village ?? null })
  })
  await storeFacts(ctx, kinds, rows)
  const moved = facts.filter(({ kind }) => kind === 'residence').map(({ personId }) => personId)
  await followResidence(ctx, moved, dayAt(at))
  return { ids: rows.map(({ id }) => id) }
}

/** Checks the value against its kind. Throws `registry.fact_kind_unknown`, `registry.fact_value`, `registry.fact_dates`. */
export function factRowOf(
  kinds: readonly FactKind[],
  fact: NewFact,
  place: { town: string | null; village: string | null },
): FactRow {
  const kind = kinds.find(({ key }) => key === fact.kind)
  if (!kind) {
    throw invalid('registry.fact_kind_unknown', `没有“${fact.kind}”这一类情况，未保存。请重新选择。`, {
      kind: fact.kind,
    })
  }
  const parsed = kind.value.safeParse(fact.value)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
    throw invalid('registry.fact_value', `“${kind.title}”填写不完整或不正确，未保存。请按提示改正。`, {
      kind: kind.key,
      problems,
    })
  }
  requireDates(kind, fact)
  const id = uuidv7()
  const { personId, from, to, source } = fact
  return { id, rootId: id, personId, kind: kind.key, value: parsed.data, from, to, source, ...place }
}

function requireDates(kind: FactKind, { value, from, to }: NewFact): void {
  const isOrdered = to === null || from < to
  const isWhole = !kind.isEvent || (value['on'] === from && to === null)
  if (isOrdered && isWhole) return
  const message = isOrdered
    ? `“${kind.title}”的起始日期应为发生当日，且不填截止日期。请改正后再保存。`
    : `“${kind.title}”的截止日期应晚于起始日期。请改正后再保存。`
  throw invalid('registry.fact_dates', message, { kind: kind.key, from, to })
}

/** Lays rows over what is known of the same people and kinds, in order. */
export async function storeFacts(
  ctx: Ctx,
  kinds: readonly FactKind[],
  rows: readonly FactRow[],
): Promise<void> {
  const at = await ctx.recordedAt()
  await requireResidencesKnown(ctx, at, rows)
  const known = await listKnownRows(ctx.tx, ctx.county, {
    personIds: [...new Set(rows.map(({ personId }) => personId))],
    kinds: [...new Set(rows.map(({ kind }) => kind))],
  })
  const laying = layOver(known, rows, {
    lineOf: ({ personId, kind }) => `${personId} ${kind}`,
    successorOf: (span, range) => ({ ...span, ...range, id: uuidv7() }),
    replacesAll: ({ kind }) => isEvent(kinds, kind),
  })
  await supersedeFacts(ctx.tx, ctx.county, { ids: laying.superseded.map(({ id }) => id), at })
  await insertFacts(ctx.tx, ctx.county, { laid: laying.inserted, at, by: ctx.actor.id })
}

function isEvent(kinds: readonly FactKind[], key: string): boolean {
  return kinds.find((kind) => kind.key === key)?.isEvent === true
}

/** The record no longer counts and what it had displaced shows again, as far as nothing later covers it. */
export function undoFactCommand(kinds: readonly FactKind[]): Command<UndoFact, { undoneId: string }> {
  return command({
    event: 'registry.fact.undone',
    permission: 'registry.fact.undo',
    input: UndoFact,
    run: (ctx, input) => undoFactIn(ctx, kinds, input),
    subject: ({ factId }, { undoneId }) => ({ factId, undoneId }),
  })
}

export const undoFact = undoFactCommand(FACT_KINDS)

async function undoFactIn(
  ctx: Ctx,
  kinds: readonly FactKind[],
  { factId, reason }: UndoFact,
): Promise<{ undoneId: string }> {
  const at = await ctx.recordedAt()
  const named = await findFactRow(ctx.tx, ctx.county, factId)
  if (!named)
    throw notFound('registry.fact_unknown', '找不到这条情况记录，或不在您负责的地区。请刷新后再试。')
  const { personId, kind, rootId } = named
  await getPeopleForWrite(ctx.tx, ctx.county, [personId])
  const records = await listRecords(ctx.tx, ctx.county, { personId, kind })
  const undone = records.find(({ id }) => id === rootId)
  if (!undone || undone.isUndone) {
    throw conflict('registry.fact_already_undone', '这条情况记录已经撤销过，不必重复撤销。', {
      factId: rootId,
    })
  }
  const rest = records.filter((record) => !record.isUndone && record.id !== rootId)
  const known = await listKnownRows(ctx.tx, ctx.county, { personIds: [personId], kinds: [kind] })
  const wanted = foldRecords(rest, { replacesAll: isEvent(kinds, kind) })
  const { superseded, missing } = differenceOf(known, wanted)
  const restored = missing.flatMap((piece) => {
    const record = rest.find(({ id }) => id === piece.rootId)
    return record ? [{ ...record, ...placeOf(named), ...piece, id: uuidv7() }] : []
  })
  await supersedeFacts(ctx.tx, ctx.county, { ids: superseded.map(({ id }) => id), at })
  const laid = restored.map((span) => ({ span, isKnown: true }))
  await insertFacts(ctx.tx, ctx.county, { laid, at, by: ctx.actor.id })
  const undoing = { ...undone, ...placeOf(named), id: uuidv7(), source: reason }
  await insertUndoings(ctx.tx, ctx.county, { undone: [undoing], at, by: ctx.actor.id })
  if (kind === 'residence') await followResidence(ctx, [personId], dayAt(at))
  return { undoneId: rootId }
}

function placeOf({ town, village }: FactRow): Pick<FactRow, 'town' | 'village'> {
  return { town, village }
}

/** Someone whose known residence of today is another village of the county is from now on that village's. */
async function followResidence(ctx: Ctx, personIds: readonly string[], today: PlainDate): Promise<void> {
  const moved = await listOutOfPlace(ctx.tx, ctx.county, { personIds, today })
  for (const { town, village } of moved)
    requirePlace(ctx.actor, ctx.county, { town, village } satisfies Place)
  await updatePersonPlaces(ctx.tx, ctx.county, moved)
}
