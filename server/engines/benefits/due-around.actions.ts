import type { Ctx } from '../../platform/command.ts'
import type { Month } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import type { Fen } from '../../platform/money.ts'
import { currentFacts } from '../registry/index.ts'
import { listLaw } from './policy.db.ts'
import { listGrants, type Grant } from './preview.db.ts'
import type { AutomaticFacts, Program, ProgramBook } from './programs.rules.ts'
import { isMissingRate, rateBook, type RatesOf } from './rates.rules.ts'
import { needsBirths } from './run-law.rules.ts'

/** An award in a month and in an earlier one, by what is decided and by the law of each. Null = a standard is missing. */
export interface DueAround {
  isGranted: boolean
  wasGranted: boolean
  /** Whether both months stand on one decision. */
  isSameDecision: boolean
  /** What the decision of the month comes to under the law of the earlier one. */
  byEarlierLawFen: Fen | null
  /** What was due in the earlier month, by the decision and the law of that month. */
  wasDueFen: Fen | null
}

interface AskedAward {
  id: string
  program: string
}

/** As known now; asked of the database once for all of them. */
export async function duesAround(
  { tx, county }: Ctx,
  programs: ProgramBook,
  { awards, month, earlier }: { awards: readonly AskedAward[]; month: Month; earlier: Month },
): Promise<Map<string, DueAround>> {
  const law = await listLaw(tx, county)
  const rates = rateBook(county, law.rates, law.settings)
  const awardIds = awards.map(({ id }) => id)
  const grants = await listGrants(tx, county, { awardIds, first: earlier, last: month })
  const byAward = groupBy(grants, ({ awardId }) => awardId)
  const members = [...new Set(awards.flatMap(({ program }) => programs.get(program) ?? []))]
  const facts = await factsOf(
    { tx, county },
    needsBirths(members, law.settings) ? { awards, grants, programs } : undefined,
  )
  return new Map(
    awards.flatMap(({ id, program: key }): [string, DueAround][] => {
      const program = programs.get(key)
      if (!program) return []
      const own = byAward.get(id) ?? []
      return [[id, dueAround(own, { month, earlier, program, rates, facts })]]
    }),
  )
}

interface Around {
  month: Month
  earlier: Month
  program: Program
  rates: RatesOf
  facts: AutomaticFacts
}

function dueAround(grants: readonly Grant[], around: Around): DueAround {
  const { month, earlier } = around
  const [now, was] = [grantIn(grants, month), grantIn(grants, earlier)]
  return {
    ...{ isGranted: now !== undefined, wasGranted: was !== undefined },
    isSameDecision: now !== undefined && now.determinationId === was?.determinationId,
    byEarlierLawFen: now ? fenOf(now, around) : 0,
    wasDueFen: was ? fenOf(was, around) : 0,
  }
}

function grantIn(grants: readonly Grant[], month: Month): Grant | undefined {
  return grants.find(({ fromMonth, toMonth }) => fromMonth <= month && (toMonth === null || month < toMonth))
}

function fenOf({ content }: Grant, { program, rates, facts, earlier }: Around): Fen | null {
  const assess = program.formulas[program.version]
  if (!assess) throw new Error(`formula ${program.key}@${program.version} is gone`)
  try {
    return assess(content, facts, rates, earlier).fen
  } catch (error) {
    if (!isMissingRate(error)) throw error
    return null
  }
}

async function factsOf(
  { tx, county }: Pick<Ctx, 'tx' | 'county'>,
  asked: { awards: readonly AskedAward[]; grants: readonly Grant[]; programs: ProgramBook } | undefined,
): Promise<AutomaticFacts> {
  if (!asked) return { bornOn: () => undefined }
  const keyOf = new Map(asked.awards.map(({ id, program }) => [id, program]))
  const people = asked.grants.flatMap(
    ({ awardId, content }) => asked.programs.get(keyOf.get(awardId) ?? '')?.covered(content) ?? [],
  )
  const births = await currentFacts(tx, { county, personIds: [...new Set(people)], kinds: ['birth'] })
  const bornOn = new Map(births.map(({ personId, value }) => [personId, String(value.on)]))
  return { bornOn: (personId) => bornOn.get(personId) }
}
