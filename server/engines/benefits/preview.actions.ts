import { civilDateOf } from '../../platform/clock.ts'
import type { Ctx } from '../../platform/command.ts'
import { addMonths, monthOf, monthsBetween, type Month } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import { areaNames, currentFacts, listPeople } from '../registry/index.ts'
import { listLaw, type Law } from './policy.db.ts'
import type { PolicyDraft } from './policy.rules.ts'
import { listAwardPage, listGrants, type AwardInPage, type Grant } from './preview.db.ts'
import { effectOf, sentenceOf, type Effect, type PreviewQuestion } from './preview.rules.ts'
import type { Change } from './preview.schema.ts'
import type { Program, ProgramBook } from './programs.rules.ts'
import { rateBook } from './rates.rules.ts'
import { isLawSteady, needsBirths, spreadToFactors } from './run-law.rules.ts'
import { findLastPublished } from './run.db.ts'
import { lastBeginning, layOver, monthsTouched } from './standard.rules.ts'

export interface Preview {
  questions: ReadonlyMap<string, PreviewQuestion>
  usesBirth: boolean
  basisOf: (rateId: string) => string
}

/** New standards laid over the law known now, for the recurring programmes that they reach. */
export async function openPreview(ctx: Ctx, programs: ProgramBook, draft: PolicyDraft): Promise<Preview> {
  const law = await listLaw(ctx.tx, ctx.county)
  const newLaw = layOver(law, draft)
  const from = spreadToFactors(monthsTouched(draft), newLaw.rates)
  const members = [...programs.values()].filter(({ key, isOneOff }) => !isOneOff && from.has(key))
  const usesBirth = needsBirths(members, [...law.settings, ...newLaw.settings])
  const rates = rateBook(ctx.county, law.rates, law.settings)
  const newRates = rateBook(ctx.county, newLaw.rates, newLaw.settings)
  const today = civilDateOf(await ctx.clock.now(ctx.tx))
  const questions = new Map<string, PreviewQuestion>()
  for (const program of members) {
    const last = await findLastPublished(ctx.tx, ctx.county, program.group)
    const next = last ? addMonths(last.month, 1) : monthOf(today)
    const begun = lastBeginning(draft)
    const isSteady = program.isSteady && !(usesBirth && program.usesBirth)
    questions.set(program.key, {
      ...{ program, rates, newRates },
      month: begun > next ? begun : next,
      // Before the first run nothing is settled, so nothing is paid later.
      arrearsMonths: last ? monthsBetween(from.get(program.key) ?? next, last.month) : [],
      isSame: isSteady ? sameLaw([law, newLaw]) : () => false,
    })
  }
  const basis = new Map([...law.rates, ...newLaw.rates].map((rate) => [rate.id, rate.basis]))
  return { questions, usesBirth, basisOf: (rateId) => basis.get(rateId) ?? '' }
}

function sameLaw(laws: readonly Law[]): (month: Month) => boolean {
  const answers = new Map<Month, boolean>()
  return (month) => {
    const known = answers.get(month)
    if (known !== undefined) return known
    const answer = laws.every((law) => isLawSteady(law, addMonths(month, -1), month))
    answers.set(month, answer)
    return answer
  }
}

const PAGE = 2000

/** Award by award in the order of their ids, read page by page: however many there are, one page is in memory. */
export async function* effectsOf(
  ctx: Ctx,
  preview: Preview,
  { town, after }: { town?: string | undefined; after?: string | undefined } = {},
): AsyncGenerator<Effect> {
  const programs = [...preview.questions.keys()]
  if (programs.length === 0) return
  for (let mark = after; ;) {
    const awards = await listAwardPage(ctx.tx, ctx.county, { programs, town, after: mark, limit: PAGE })
    yield* effectsOfPage(ctx, preview, awards)
    mark = awards.at(-1)?.id
    if (awards.length < PAGE) return
  }
}

async function* effectsOfPage(
  ctx: Ctx,
  { questions, usesBirth }: Preview,
  awards: readonly AwardInPage[],
): AsyncGenerator<Effect> {
  if (awards.length === 0) return
  const asked = [...questions.values()]
  const months = asked.flatMap(({ month, arrearsMonths }) => [month, arrearsMonths[0] ?? month]).sort()
  const [first = '', last = ''] = [months[0], months.at(-1)]
  const awardIds = awards.map(({ id }) => id)
  const grants = await listGrants(ctx.tx, ctx.county, { awardIds, first, last })
  const bornOn = usesBirth ? await readBirths(ctx, { awards, grants, questions }) : undefined
  const facts = { bornOn: (personId: string) => bornOn?.get(personId) }
  const byAward = groupBy(grants, ({ awardId }) => awardId)
  for (const award of awards) {
    const question = questions.get(award.program)
    const effect = question && effectOf(award, byAward.get(award.id) ?? [], { ...question, facts })
    if (effect) yield effect
  }
}

async function readBirths(
  { tx, county }: Ctx,
  page: {
    awards: readonly AwardInPage[]
    grants: readonly Grant[]
    questions: ReadonlyMap<string, { program: Program }>
  },
): Promise<Map<string, string>> {
  const programOf = new Map(page.awards.map(({ id, program }) => [id, page.questions.get(program)?.program]))
  const people = page.grants.flatMap(({ awardId, content }) => programOf.get(awardId)?.covered(content) ?? [])
  const facts = await currentFacts(tx, { county, personIds: [...new Set(people)], kinds: ['birth'] })
  return new Map(facts.map(({ personId, value }) => [personId, String(value.on)]))
}

/** With names, as far as the reader's areas go. */
export async function changesShown(
  { tx, county }: Ctx,
  { basisOf }: Preview,
  effects: readonly Effect[],
): Promise<Change[]> {
  const people = await listPeople(tx, county, [...new Set(effects.flatMap((effect) => effect.people))])
  const names = new Map(people.map(({ id, fullName }) => [id, fullName]))
  const codes = effects.flatMap(({ award }) => [award.town, award.village]).flatMap((code) => code ?? [])
  const areas = await areaNames(tx, [...new Set(codes)])
  const nameOf = (code: string | null) => (code === null ? null : (areas.get(code) ?? null))
  return effects.map((effect): Change => {
    const { award, program, month, kind, now, then, arrears } = effect
    // Outside its months an award gives nothing; without a standard nobody can tell.
    const untold = kind === 'unknown' ? null : 0
    return {
      ...{ awardId: award.id, program: program.key, programTitle: program.title, month },
      kind: kind ?? 'unchanged',
      ...{ town: award.town, townName: nameOf(award.town), villageName: nameOf(award.village) },
      people: effect.people.flatMap((id) => {
        const fullName = names.get(id)
        return fullName === undefined ? [] : [{ id, fullName }]
      }),
      ...{ nowFen: now?.fen ?? untold, newFen: then?.fen ?? untold, arrearsFen: arrears.fen },
      nowSentence: sentenceOf(effect, now, basisOf),
      newSentence: sentenceOf(effect, then, basisOf),
    }
  })
}
