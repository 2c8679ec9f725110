import type { Ctx } from '../../platform/command.ts'
import { addMonths } from '../../platform/dates.ts'
import { lineKind, type LineDetail } from './line.rules.ts'
import { programsOfGroup, type Program, type ProgramBook } from './programs.rules.ts'
import {
  listChangedAwards,
  listChunksTold,
  listFurtherLines,
  listLastLines,
  type ChangedAward,
  type OpenedRun,
} from './run-change.db.ts'
import { changeCause, furtherCause } from './run-change.rules.ts'
import type { Changed } from './run-change.schema.ts'
import type { MonthlyChange } from './run-input.rules.ts'
import { named, namesOf, personsOfAwards } from './run-people.actions.ts'
import { sourcesOf } from './run-source.actions.ts'
import type { RunRow } from './run.db.ts'
import { peopleOf } from './run-view.rules.ts'

/** What is asked for of a run's comparison. */
export interface Bar {
  run: RunRow
  programs: ProgramBook
  uncounted: readonly string[]
  program: string | undefined
  town: string | undefined
}

interface Page {
  items: Changed[]
  next: string | null
}

const UUID_LENGTH = 36

interface Asked {
  after: string | undefined
  limit: number
}

/** Awards that came, went, rose, fell or stayed. Only chunks whose summary tells of such awards are looked into. */
export async function listAwardsOfBar(
  ctx: Ctx,
  bar: Bar,
  { change, after: mark, limit }: Asked & { change: MonthlyChange },
): Promise<Page> {
  const after = mark?.slice(0, UUID_LENGTH)
  const { run, programs, program, town } = bar
  const opened = openedOf(ctx, bar)
  const chunks = (await listChunksTold(ctx.tx, ctx.county, run.no)).filter(
    ({ last, summary }) =>
      (after === undefined || last > after) &&
      Object.entries(summary ?? {}).some(
        ([key, each]) => (program === undefined || key === program) && each.changes[change].awards > 0,
      ),
  )
  const found: ChangedAward[] = []
  for (const chunk of chunks) {
    const rest = limit + 1 - found.length
    if (rest <= 0) break
    found.push(
      ...(await listChangedAwards(ctx.tx, opened, { change, chunk, program, town, after, limit: rest })),
    )
  }
  const awards = found.slice(0, limit)
  const last = awards.at(-1)
  return {
    items: await awardsTold(ctx, { opened, programs, change, awards }),
    next: found.length > limit && last ? last.awardId : null,
  }
}

function openedOf({ county }: Ctx, { run, programs: book, uncounted }: Bar): OpenedRun {
  const members = programsOfGroup(book, run.programGroup)
  const programs = members.map(({ key }) => key)
  const oneOff = members.filter(({ isOneOff }) => isOneOff).map(({ key }) => key)
  return { county, runNo: run.no, month: run.month, uncounted, programs, oneOff }
}

interface Telling {
  opened: OpenedRun
  programs: ProgramBook
  change: MonthlyChange
  awards: readonly ChangedAward[]
}

async function awardsTold(ctx: Ctx, { opened, programs, change, awards }: Telling): Promise<Changed[]> {
  const { month, runNo } = opened
  const awardIds = awards.map(({ awardId }) => awardId)
  const previous = addMonths(month, -1)
  const now = await listLastLines(ctx.tx, opened, { awardIds, month, upTo: runNo })
  const before = await listLastLines(ctx.tx, opened, { awardIds, month: previous, upTo: runNo - 1 })
  const details = [...now.values(), ...before.values()].map(({ detail }) => detail)
  const stops = awards.flatMap(({ stopDetermination }) => stopDetermination ?? [])
  const sources = await sourcesOf(ctx, details, stops)
  const bare = awardIds.filter((id) => personsIn(now.get(id) ?? before.get(id)).length === 0)
  const others = await personsOfAwards(ctx, bare, previous)
  const personsOf = (id: string) => others.get(id) ?? personsIn(now.get(id) ?? before.get(id))
  const names = await namesOf(ctx, awardIds.flatMap(personsOf))
  return awards.map((award) => {
    const { awardId, town, village, previousFen, currentFen } = award
    const program = programOf(programs, award.program)
    const sides = { previous: before.get(awardId)?.detail, current: now.get(awardId)?.detail }
    const told = { ...award, ...sides, change, isOneOff: program.isOneOff }
    return {
      ...{ awardId, town, village, previousFen, currentFen },
      program: program.key,
      programTitle: program.title,
      people: named(personsOf(awardId), names),
      forMonth: month,
      fen: currentFen - previousFen,
      cause: changeCause(told, sources),
    }
  })
}

function personsIn(line: { detail: LineDetail } | undefined): string[] {
  return line ? peopleOf(line.detail) : []
}

function programOf(programs: ProgramBook, key: string): Program {
  const program = programs.get(key)
  if (!program) throw new Error(`programme ${key} is gone: its awards cannot be told`)
  return program
}

/** Lines that are not the run's own month: what is given later, and what is taken back. */
export async function listLinesOfBar(
  ctx: Ctx,
  { run, programs, program, town }: Bar,
  { kind, after, limit }: Asked & { kind: 'arrears' | 'correction' },
): Promise<Page> {
  const opened = { county: ctx.county, runNo: run.no, month: run.month }
  const page = { kind, program, town, after: markOf(after), limit: limit + 1 }
  const found = await listFurtherLines(ctx.tx, opened, page)
  const lines = found.slice(0, limit)
  const last = lines.at(-1)
  const details = lines.map(({ detail }) => detail)
  const sources = await sourcesOf(ctx, details)
  const bare = lines.filter((line) => personsIn(line).length === 0).map(({ awardId }) => awardId)
  const others = await personsOfAwards(
    ctx,
    bare,
    lines.map(({ forMonth }) => forMonth).toSorted()[0] ?? run.month,
  )
  const personsOf = (line: (typeof lines)[number]) => others.get(line.awardId) ?? personsIn(line)
  const names = await namesOf(ctx, lines.flatMap(personsOf))
  const items = lines.map((line) => {
    const { awardId, town: inTown, village, forMonth, dueFen, fen } = line
    const { key, title } = programOf(programs, line.program)
    const amounts = { previousFen: dueFen - fen, currentFen: dueFen, fen }
    return {
      ...{ awardId, town: inTown, village, forMonth, ...amounts },
      ...{ program: key, programTitle: title, people: named(personsOf(line), names) },
      cause: furtherCause(lineKind(forMonth, run.month, fen), line.detail, sources),
    }
  })
  const mark = last && `${last.awardId}.${last.forMonth}.${last.seq}`
  return { items, next: found.length > limit && mark ? mark : null }
}

/** A mark of another list says nothing here: it starts anew. */
function markOf(after: string | undefined) {
  const [awardId = '', month, seq] = after?.split('.') ?? []
  return month === undefined ? undefined : { awardId, month, seq: Number(seq) }
}
