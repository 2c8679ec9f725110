import { diceFor } from './dice.ts'
import type { PlanPerson, SubsistenceContent } from './plan-types.ts'

export interface IncomeDraft {
  county: string
  /** Number of the row: the same household keeps the same sources when an amount changes. */
  row: number
  members: readonly PlanPerson[]
  /** Countable income of the household, a month. */
  yuan: number
}

type Income = Pick<SubsistenceContent, 'income' | 'deductions'>

/** Where the income of a household comes from: sources less deductions are exactly `yuan`. */
export function incomeOf({ county, row, members, yuan }: IncomeDraft): Income {
  const dice = diceFor(county, 'subsistence', row, 'income')
  const hasElder = members.some((member) => member.bornOn < '1960')
  const hasWorker = members.some((member) => member.bornOn >= '1960' && member.bornOn < '2002')
  const share = dice.between(30, 70)
  const isUrban = members[0]?.residence === 'urban'
  const earned = !hasWorker ? 'other' : isUrban || dice.percent(45) ? 'wage' : 'business'
  const passive = hasElder ? 'transfer' : dice.percent(15) ? 'property' : 'other'
  const illness = dice.percent(12) && yuan > 0 ? dice.between(4, 30) * 10 : 0

  const gross = yuan + illness
  const first = hasElder && !hasWorker ? 0 : Math.floor((gross * share) / 100)
  const sources = merged([
    { kind: earned, fen: first * 100 },
    { kind: passive, fen: (gross - first) * 100 },
  ])
  return {
    income: [...sources, ...oldAgeAllowance(members)],
    deductions: illness > 0 ? [{ kind: 'illness', fen: illness * 100 }] : [],
  }
}

function merged(sources: Income['income']): Income['income'] {
  const [first, second] = sources
  if (first && second && first.kind === second.kind) {
    return [{ kind: first.kind, fen: first.fen + second.fen }].filter(({ fen }) => fen > 0)
  }
  return sources.filter(({ fen }) => fen > 0)
}

/** The allowance of people aged 80 and more is shown but does not count. */
function oldAgeAllowance(members: readonly PlanPerson[]): Income['income'] {
  return members
    .filter((member) => member.bornOn < '1940')
    .map((member) => ({
      kind: 'transfer',
      fen: member.bornOn < '1930' ? 15_000 : 10_000,
      disregard: 'old_age_allowance',
    }))
}
