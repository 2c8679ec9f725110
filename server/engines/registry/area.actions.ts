import { command, type Command, type Ctx } from '../../platform/command.ts'
import { conflict, forbidden, invalid } from '../../platform/errors.ts'
import type { Tx } from '../../platform/db.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  countResidents,
  insertAreas,
  listAreaRows,
  supersedeAreas,
  updatePlaces,
  type AreaMove,
  type AreaRow,
} from './area.db.ts'
import { ChangeAreas, RecordAreas, type Area } from './area.schema.ts'
import { insertFacts, listResidencesIn, supersedeFacts, type FactRow } from './fact.db.ts'
import { requireWholeCounty } from './place.rules.ts'
import { covers, layOver, overlaps } from './timeline.rules.ts'

/** Rewrites the current town and village columns of another module's tables, set-wise; every move is a whole old village. */
export type AreaRewriter = (tx: Tx, county: string, moves: readonly AreaMove[]) => Promise<void>

/** Areas of the county, or the areas above it where they are not on file yet. What is on file word for word is left alone. */
export const recordAreas = command({
  event: 'registry.area.recorded',
  permission: 'registry.area.record',
  input: RecordAreas,
  run: recordAreasIn,
  subject: (_, { recorded, unchanged }) => ({ recorded, unchanged }),
})

async function recordAreasIn(
  ctx: Ctx,
  { areas }: RecordAreas,
): Promise<{ recorded: number; unchanged: number }> {
  requireWholeCounty(ctx.actor, ctx.county)
  const codes = areas.map(({ code }) => code)
  if (new Set(codes).size < codes.length) {
    throw invalid('registry.area_repeated', '名单中有重复的区划代码，未保存。请删去重复的行后再提交。')
  }
  const at = await ctx.recordedAt()
  const known = await listAreaRows(ctx.tx, codes)
  const fresh = areas.filter((area) => !known.some((row) => isSameArea(row, area)))
  const displaced: AreaRow[] = []
  for (const area of fresh) {
    const inTheWay = known.filter(
      (row) => row.code === area.code && (row.to === null || row.to > (area.from ?? '')),
    )
    requireOwnArea(ctx.county, area.code, inTheWay.length > 0)
    displaced.push(...inTheWay)
  }
  await supersedeAreas(
    ctx.tx,
    displaced.map(({ id }) => id),
    at,
  )
  const remainders = displaced.flatMap((row) => {
    const from = fresh.find((area) => area.code === row.code)?.from ?? null
    return from !== null && (row.from === null || row.from < from) ? [{ ...row, to: from }] : []
  })
  const added = fresh.map((area) => ({ ...area, mergedInto: null, to: null }))
  await insertAreas(ctx.tx, [...remainders, ...added], at)
  return { recorded: fresh.length, unchanged: areas.length - fresh.length }
}

function isSameArea(row: AreaRow, area: RecordAreas['areas'][number]): boolean {
  const isSame = row.code === area.code && row.name === area.name && row.level === area.level
  return isSame && row.parent === area.parent && row.from === area.from
}

function requireOwnArea(county: string, code: string, isKnown: boolean): void {
  const isAbove = county.startsWith(code) || code === '00'
  if (code.startsWith(county) || (isAbove && !isKnown)) return
  throw forbidden('registry.area_not_own', `区划 ${code} 不属于 ${county}，未保存。请由该地区或上级维护。`, {
    code,
  })
}

/**
 * A merge or split of areas on a day: areas end and begin, every resident of an old village gets a residence in the new
 * one from that day, and the current columns follow. `rewriters` do the same for the tables of other modules.
 */
export function changeAreasCommand(rewriters: readonly AreaRewriter[]): Command<ChangeAreas, AreasChanged> {
  return command({
    event: 'registry.area.changed',
    permission: 'registry.area.change',
    input: ChangeAreas,
    run: async (ctx, input) => {
      const { moves, residents } = await changeAreasIn(ctx, input)
      for (const rewrite of rewriters) await rewrite(ctx.tx, ctx.county, moves)
      return { ended: input.end.length, begun: input.begin.length, residents }
    },
    subject: (_, counts) => ({ ...counts }),
  })
}

export interface AreasChanged {
  ended: number
  begun: number
  /** Residence facts written. */
  residents: number
}

async function changeAreasIn(
  ctx: Ctx,
  input: ChangeAreas,
): Promise<{ moves: AreaMove[]; residents: number }> {
  requireWholeCounty(ctx.actor, ctx.county)
  for (const code of [...input.end, ...input.begin.map(({ code }) => code)]) {
    requireOwnArea(ctx.county, code, true)
  }
  const at = await ctx.recordedAt()
  const ending = await getEndingAreas(ctx, input)
  await supersedeAreas(
    ctx.tx,
    ending.map(({ id }) => id),
    at,
  )
  const ended = ending
    .filter(({ from }) => from === null || from < input.on)
    .map((row) => ({ ...row, to: input.on, mergedInto: input.moves[row.code] ?? null }))
  const begun = input.begin.map((area) => ({ ...area, mergedInto: null, from: input.on, to: null }))
  await requireFree(ctx, input)
  await insertAreas(ctx.tx, [...ended, ...begun], at)
  await requireNobodyLeft(ctx, input)
  const moves = await resolveMoves(ctx, input)
  await updatePlaces(ctx.tx, ctx.county, moves)
  return { moves, residents: await moveResidences(ctx, input.on, moves) }
}

async function getEndingAreas(ctx: Ctx, { end, on }: ChangeAreas): Promise<AreaRow[]> {
  const rows = await listAreaRows(ctx.tx, end)
  const ending = rows.filter((row) => covers({ from: row.from ?? '', to: row.to }, on))
  const missing = end.filter((code) => !ending.some((row) => row.code === code))
  if (missing.length === 0) return ending
  throw invalid(
    'registry.area_not_current',
    `${missing.length} 个区划在 ${on} 已不存在，未作调整。请核对要撤销的区划代码。`,
    { codes: missing.slice(0, 50) },
  )
}

async function requireFree(ctx: Ctx, { begin, on }: ChangeAreas): Promise<void> {
  const codes = begin.map(({ code }) => code)
  const taken = (await listAreaRows(ctx.tx, codes)).filter((row) => row.to === null || row.to > on)
  if (taken.length === 0 && new Set(codes).size === codes.length) return
  throw conflict(
    'registry.area_code_in_use',
    '新设区划的代码仍在使用或重复，未作调整。请先撤销原区划，或改用新代码。',
    { codes: taken.slice(0, 50).map(({ code }) => code) },
  )
}

async function requireNobodyLeft(ctx: Ctx, { end, begin, moves }: ChangeAreas): Promise<void> {
  const goesOn = new Set(begin.map(({ code }) => code))
  const emptied = end.filter((code) => code.length === 12 && moves[code] === undefined && !goesOn.has(code))
  const left = await countResidents(ctx.tx, ctx.county, emptied)
  if (left === 0) return
  throw conflict(
    'registry.area_residents_left',
    `撤销的村（社区）中还有 ${left} 人没有指定新的村（社区），未作调整。请补全去向后再办理。`,
    { people: left },
  )
}

/** The new village must exist on that day; its town is the nearest township above it. */
async function resolveMoves(ctx: Ctx, { moves, on }: ChangeAreas): Promise<AreaMove[]> {
  const targets = [...new Set(Object.values(moves))]
  const areas = await ancestorsOn(ctx, targets, on)
  const missing = targets.filter((code) => !areas.has(code))
  if (missing.length > 0) {
    throw invalid(
      'registry.area_unknown',
      `${missing.length} 个新的村（社区）不存在，未作调整。请核对代码。`,
      {
        codes: missing.slice(0, 50),
      },
    )
  }
  return Object.entries(moves).map(([fromVillage, village]) => ({
    fromVillage,
    village,
    town: townOf(areas, village) ?? village.slice(0, 9),
  }))
}

async function ancestorsOn(ctx: Ctx, codes: readonly string[], on: string): Promise<Map<string, Area>> {
  const found = new Map<string, Area>()
  let next: string[] = [...codes]
  while (next.length > 0) {
    const rows = await listAreaRows(ctx.tx, next)
    const current = rows.filter((row) => covers({ from: row.from ?? '', to: row.to }, on))
    for (const row of current) found.set(row.code, row)
    next = [
      ...new Set(current.flatMap(({ parent }) => (parent === null || found.has(parent) ? [] : [parent]))),
    ]
  }
  return found
}

function townOf(areas: ReadonlyMap<string, Area>, village: string): string | undefined {
  let area = areas.get(village)
  while (area && area.level !== 'township') area = area.parent === null ? undefined : areas.get(area.parent)
  return area?.code
}

async function moveResidences(ctx: Ctx, on: string, moves: readonly AreaMove[]): Promise<number> {
  const at = await ctx.recordedAt()
  const byVillage = new Map(moves.map((move) => [move.fromVillage, move]))
  const residences = await listResidencesIn(ctx.tx, ctx.county, {
    villages: [...byVillage.keys()],
    after: on,
  })
  const moved: FactRow[] = []
  for (const residence of residences) {
    const move = byVillage.get(String(residence.value['village']))
    if (!move || !overlaps(residence, { from: on, to: null })) continue
    const id = uuidv7()
    const place = { town: move.town, village: move.village }
    const from = residence.from > on ? residence.from : on
    moved.push({ ...residence, ...place, id, rootId: id, value: place, from, source: '行政区划调整' })
  }
  const laying = layOver(residences, moved, {
    lineOf: ({ personId }) => personId,
    successorOf: (span, range) => ({ ...span, ...range, id: uuidv7() }),
  })
  await supersedeFacts(ctx.tx, ctx.county, { ids: laying.superseded.map(({ id }) => id), at })
  await insertFacts(ctx.tx, ctx.county, { laid: laying.inserted, at, by: ctx.actor.id })
  return moved.length
}
