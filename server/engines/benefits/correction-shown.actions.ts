import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { notFound } from '../../platform/errors.ts'
import { programsOfGroup, type ProgramBook } from './programs.rules.ts'
import type { AwardCash } from './award-page.actions.ts'
import { listAwardsById } from './award.db.ts'
import * as store from './correction.db.ts'
import {
  listCorrectedLines,
  listFound,
  sumCorrected,
  sumFound,
  type CorrectedMonth,
} from './correction-month.db.ts'
import { correctionTitle, runsOfCorrection, type RunOfCorrection } from './correction-view.rules.ts'
import type { Correction, SettledIn } from './correction-view.schema.ts'
import { named, namesOf, personsOfAwards } from './run-people.actions.ts'
import { listRuns } from './run.db.ts'
import { lawTitle, rateText, settingText, unitOf } from './standard.rules.ts'

/** With what each is about and the names of those who made and answered it. */
export async function correctionsShown(
  ctx: Ctx,
  programs: ProgramBook,
  rows: readonly store.CorrectionRow[],
): Promise<Correction[]> {
  const { tx, actor } = ctx
  const hands = rows.flatMap(({ madeBy, checkedBy }) => [madeBy, ...(checkedBy === null ? [] : [checkedBy])])
  const names = await listNames(tx, [...new Set(hands)])
  const subjects = await subjectsOf(ctx, programs, rows)
  const mayDecide = actor.permissions.has('benefits.run.approve')
  return rows.map(({ madeBy, checkedBy, ...row }) => ({
    ...row,
    kindTitle: correctionTitle(row.kind),
    subjectTitle: subjects.get(`${row.kind} ${row.subject}`) ?? null,
    madeBy: names.get(madeBy) ?? null,
    checkedBy: checkedBy === null ? null : (names.get(checkedBy) ?? null),
    may: { decide: mayDecide && row.status === 'proposed' && madeBy !== actor.id },
  }))
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Law and people by what a correction names; one request for all of a kind. */
async function subjectsOf(
  ctx: Ctx,
  programs: ProgramBook,
  rows: readonly store.CorrectionRow[],
): Promise<Map<string, string>> {
  const idsOf = (kind: store.CorrectionRow['kind']) =>
    rows.filter((row) => row.kind === kind && ID.test(row.subject)).map(({ subject }) => subject)
  const rates = await store.listCorrectedRates(ctx.tx, idsOf('rate'))
  const settings = await store.listCorrectedSettings(ctx.tx, idsOf('setting'))
  const people = await namesOf(ctx, idsOf('fact'))
  return new Map([
    ...rates.map((rate): [string, string] => [
      `rate ${rate.id}`,
      `${lawTitle(programs, rate)} ${rateText(programs, rate)} ${unitOf(rate)}，自 ${rate.fromDay} 起`,
    ]),
    ...settings.map(({ id, program, key, value, fromDay }): [string, string] => [
      `setting ${id}`,
      `${lawTitle(programs, { program, item: key })} ${settingText(programs, { program, key, value })}，自 ${fromDay} 起`,
    ]),
    ...[...people].map(([id, fullName]): [string, string] => [`fact ${id}`, fullName]),
    ...rows
      .filter(({ kind }) => kind === 'formula')
      .map(({ subject }): [string, string] => [`formula ${subject}`, `第 ${subject} 版计算办法`]),
  ])
}

async function requireCorrection(ctx: Ctx, id: string): Promise<store.CorrectionRow> {
  const row = await store.findCorrection(ctx.tx, ctx.county, id)
  if (row) return row
  throw notFound('benefits.correction_unknown', '没有这份更正，或不在您的管辖范围内。')
}

/** One correction, and the runs in which what it causes waits or is written. */
export async function showCorrection(
  ctx: Ctx,
  programs: ProgramBook,
  correctionId: string,
): Promise<{ correction: Correction; runs: SettledIn[] }> {
  const { tx, county } = ctx
  const row = await requireCorrection(ctx, correctionId)
  const [correction] = await correctionsShown(ctx, programs, [row])
  if (!correction) throw new Error(`correction ${correctionId} was found and not shown`)
  const runs: SettledIn[] = []
  for (const { run, stage } of runsOfCorrection(row, await listRuns(tx, county))) {
    const sum = stage === 'found' ? sumFound : sumCorrected
    const { lines, fen } = await sum(tx, { county, runNo: run.no, cause: row })
    const groupTitle = programsOfGroup(programs, run.programGroup).map(({ title }) => title)
    if (lines > 0)
      runs.push({ runNo: run.no, month: run.month, groupTitle: groupTitle.join('、'), stage, lines, fen })
  }
  return { correction, runs }
}

interface MonthsAsked {
  correctionId: string
  runNo: number
  after?: string | undefined
  limit: number
}

/** The award-months of one of these runs, each with what was paid and what is still owed. */
export async function listCorrected(
  ctx: Ctx,
  { programs, cash }: { programs: ProgramBook; cash: AwardCash },
  { correctionId, runNo, after, limit }: MonthsAsked,
) {
  const { tx, county } = ctx
  const row = await requireCorrection(ctx, correctionId)
  const told = runsOfCorrection(row, await listRuns(tx, county)).find(({ run }) => run.no === runNo)
  if (!told)
    throw notFound('benefits.run_unknown', `第 ${runNo} 次核算没有这份更正引起的追回。请刷新后查看。`)
  const found = await pageOf(ctx, told, { cause: row, after, limit: limit + 1 })
  const page = found.slice(0, limit)
  const awardIds = [...new Set(page.map(({ awardId }) => awardId))]
  const awards = await listAwardsById(tx, county, awardIds)
  const months = page.map(({ forMonth }) => forMonth).toSorted()
  const persons = await personsOfAwards(ctx, awardIds, months[0] ?? told.run.month)
  const names = await namesOf(ctx, [...persons.values()].flat())
  const { payments, claims } = await cash(ctx, { awardIds, personIds: [], cut: null })
  const last = page.at(-1)
  return {
    months: page.map(({ awardId, forMonth, fen, dueFen }) => {
      const isIts = (each: { awardId: string; forMonth: string }) =>
        each.awardId === awardId && each.forMonth === forMonth
      const program = awards.get(awardId)?.program ?? ''
      const claim = claims.filter(isIts).at(-1)
      return {
        ...{ awardId, forMonth, fen, dueFen, wasFen: dueFen - fen },
        programTitle: programs.get(program)?.title ?? program,
        people: named(persons.get(awardId) ?? [], names),
        paidFen: payments
          .filter((each) => isIts(each) && PAID.has(each.status))
          .reduce((sum, each) => sum + each.fen, 0),
        claim: claim ? { status: claim.status, openFen: claim.openFen } : null,
      }
    }),
    next: found.length > limit && last ? last.mark : null,
  }
}

const PAID: ReadonlySet<string> = new Set(['paid', 'late_paid'])

function pageOf(
  { tx, county }: Ctx,
  { run, stage }: RunOfCorrection,
  { cause, after, limit }: { cause: store.CorrectionRow; after: string | undefined; limit: number },
): Promise<CorrectedMonth[]> {
  const asked = { county, runNo: run.no, cause, limit }
  return stage === 'found' ? listFound(tx, { ...asked, after }) : listCorrectedLines(tx, { ...asked, after })
}
