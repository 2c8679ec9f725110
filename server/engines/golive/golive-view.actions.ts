import type { z } from 'zod'
import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { groupBy } from '../../platform/group.ts'
import type { ProgramBook } from '../benefits/index.ts'
import { areaNames, listHouseholds, listPeople } from '../registry/index.ts'
import { checkItems, type SafekeepingLook } from './check-item.actions.ts'
import {
  countUnexplained,
  listComparableRuns,
  listComparedPage,
  sumCompared,
  type ComparedRow,
} from './compare.db.ts'
import { REASONS, RULE_TITLES } from './compare.rules.ts'
import { countLoaded } from './golive-view.db.ts'
import type {
  GoLive,
  GoLiveLine,
  GoLiveQualityRow,
  GoLiveShown,
  listGoLiveLinesEndpoint,
} from './golive-view.schema.ts'
import type { ProjectRow } from './project.db.ts'
import { dutiesOf } from './project.rules.ts'
import { COMPARE_TITLES, Reason } from './project.schema.ts'
import type { QualityRow } from './quality.db.ts'
import { saidOf } from './quality.rules.ts'

export function groupsOf(programs: ProgramBook) {
  const recurring = [...programs.values()].filter(({ isOneOff }) => !isOneOff)
  return [...groupBy(recurring, ({ group }) => group)].map(([key, members]) => ({
    key,
    programTitles: members.map(({ title }) => title),
  }))
}

export async function projectsShown(
  { tx }: Ctx,
  programs: ProgramBook,
  rows: readonly ProjectRow[],
): Promise<GoLive[]> {
  const hands = rows.flatMap((row) => [row.startedBy, row.comparedBy, row.firstBy, row.secondBy, row.liveBy])
  const given = rows.flatMap(({ givenUpBy }) => givenUpBy ?? [])
  const names = await listNames(tx, [...new Set([...hands.flatMap((id) => id ?? []), ...given])])
  const hand = (by: string | null, at: string | null) =>
    by !== null && at !== null ? { name: names.get(by) ?? null, at } : null
  return rows.map((row) => ({
    ...{ id: row.id, openingMonth: row.openingMonth, listMonth: row.listMonth, status: row.status },
    programTitles: row.programs.map((key) => programs.get(key)?.title ?? key),
    started: hand(row.startedBy, row.startedAt),
    compared: hand(row.comparedBy, row.comparedAt),
    first: hand(row.firstBy, row.firstAt),
    second: hand(row.secondBy, row.secondAt),
    live: hand(row.liveBy, row.liveAt),
    givenUp: hand(row.givenUpBy, row.givenUpAt),
    givenUpWhy: row.givenUpWhy,
  }))
}

export async function showProject(
  ctx: Ctx,
  { programs, look }: { programs: ProgramBook; look: SafekeepingLook },
  row: ProjectRow,
): Promise<GoLiveShown> {
  const { tx, county, actor } = ctx
  const [project] = await projectsShown(ctx, programs, [row])
  if (!project) throw new Error(`project ${row.id} was found and not shown`)
  const runs = await listComparableRuns(tx, county, { groups: row.groups, month: row.openingMonth })
  const sums = await sumCompared(tx, county, row.id)
  return {
    project,
    loaded: await countLoaded(tx, county, row),
    runs: runs.map(({ no, status }) => ({ no, status })),
    sums: sums.map((sum) => ({
      ...sum,
      stateTitle: COMPARE_TITLES[sum.state],
      reasonTitle: sum.reason === null ? null : REASONS[sum.reason].title,
    })),
    unexplained: await countUnexplained(tx, county, row.id),
    digest: row.digest,
    items: await checkItems(ctx, row, look),
    reasons: Reason.options.map((key) => ({ key, ...REASONS[key] })),
    may: dutiesOf(row, actor),
  }
}

/** Names of people and places that a page of rows needs, asked for at once. */
async function namesFor(
  { tx, county }: Ctx,
  rows: readonly { personId: string | null; town: string | null; village: string | null }[],
) {
  const people = await listPeople(tx, county, [...new Set(rows.flatMap(({ personId }) => personId ?? []))])
  const names = new Map(people.map(({ id, fullName }) => [id, fullName]))
  const codes = rows.flatMap(({ town, village }) => [town, village]).flatMap((code) => code ?? [])
  const areas = await areaNames(tx, [...new Set(codes)])
  return {
    fullName: (id: string | null) => (id === null ? null : (names.get(id) ?? null)),
    area: (code: string | null) => (code === null ? null : (areas.get(code) ?? null)),
  }
}

export async function qualityShown(
  ctx: Ctx,
  programs: ProgramBook,
  { key, rows }: { key: string; rows: readonly QualityRow[] },
): Promise<GoLiveQualityRow[]> {
  const houses = await listHouseholds(
    ctx.tx,
    ctx.county,
    rows.flatMap(({ householdId }) => householdId ?? []),
  )
  const heads = new Map(houses.map(({ id, headId }) => [id, headId]))
  const placed = rows.map((row) => ({
    ...row,
    personId: row.personId ?? heads.get(row.householdId ?? '') ?? null,
  }))
  const { fullName, area } = await namesFor(ctx, placed)
  return placed.map(({ program, detail, ...row }) => ({
    ...row,
    fullName: fullName(row.personId),
    programTitle: program === null ? null : (programs.get(program)?.title ?? program),
    text: saidOf(key, detail),
    ...{ townName: area(row.town), villageName: area(row.village) },
  }))
}

type LinesInput = z.output<typeof listGoLiveLinesEndpoint.input>

export async function linesShown(
  ctx: Ctx,
  programs: ProgramBook,
  { projectId, state, reason, after, limit }: LinesInput,
): Promise<{ lines: GoLiveLine[]; next: string | null }> {
  const page = { projectId, state, reason, after, limit: limit + 1 }
  const found = await listComparedPage(ctx.tx, ctx.county, page)
  const rows = found.slice(0, limit)
  const { fullName, area } = await namesFor(ctx, rows)
  const colleagues = await listNames(ctx.tx, [
    ...new Set(rows.flatMap(({ explainedBy }) => explainedBy ?? [])),
  ])
  return {
    lines: rows.map((row) => ({
      ...{ id: row.id, program: row.program, awardId: row.awardId, personId: row.personId },
      programTitle: programs.get(row.program)?.title ?? row.program,
      fullName: fullName(row.personId),
      ...{ oldFen: row.oldFen, arrearsFen: row.arrearsFen, newFen: row.newFen, deltaFen: row.deltaFen },
      ...{ state: row.state, stateTitle: COMPARE_TITLES[row.state], reason: row.reason },
      reasonTitle: row.reason === null ? null : REASONS[row.reason].title,
      how: howOf(row),
      explainedBy: row.explainedBy === null ? null : (colleagues.get(row.explainedBy) ?? null),
      ...{ town: row.town, village: row.village, townName: area(row.town), villageName: area(row.village) },
    })),
    next: found.length > limit ? (rows.at(-1)?.id ?? null) : null,
  }
}

function howOf({ rule, note }: Pick<ComparedRow, 'rule' | 'note'>): string | null {
  return rule === null ? note : `规则：${RULE_TITLES[rule] ?? rule}`
}
