import {
  determinationFor,
  findRate,
  type CareContent,
  type Month,
  type OracleDetermination,
  type SubsistenceContent,
  type SupplementCategory,
  type SupportContent,
} from '../../oracle/index.ts'
import { Dice } from './dice.ts'
import type { Case, World } from './world.ts'

/** What a determination says. Incomes crowd around the standard; money and people are small enough to read. */

type Payable<Content> = Content & { payee: { kind: 'person'; id: string }; unitReason?: string }

const CATEGORIES: readonly SupplementCategory[] = ['severe_disability', 'severe_illness', 'elderly', 'minor']

export function contentFor(
  world: World,
  one: Case,
  dice: Dice = new Dice([]),
  from: Month = world.now,
): NonNullable<OracleDetermination['content']> {
  const [personId = ''] = one.members
  const { residence } = one
  const payee = { kind: 'person' as const, id: personId }
  switch (one.award.program) {
    case 'subsistence_allowance':
      return subsistenceFor(one, dice, standardOf(world, one, from))
    case 'extreme_poverty_support':
      return {
        residence,
        support: dice.oneIn(3) ? 'institution' : 'home',
        selfCare: 'partial',
        personId,
        payee,
      } satisfies SupportContent
    case 'extreme_poverty_care': {
      const selfCare = (['partial', 'none', 'full'] as const)[dice.below(3)] ?? 'partial'
      return { selfCare, support: 'home', personId, payee } satisfies CareContent
    }
    case 'temporary_assistance':
      throw new Error('aid is granted once, with its own content')
  }
}

function standardOf(world: World, { residence }: Case, month: Month): number {
  const wanted = { program: 'subsistence_allowance', item: 'standard' }
  const { value } = findRate(world.history, wanted, {
    area: world.county,
    month,
    cut: world.order,
    dimensions: { residence },
  })
  return 'fen' in value ? value.fen : 0
}

function subsistenceFor(
  { members, residence }: Case,
  dice: Dice,
  standardFen: number,
): Payable<SubsistenceContent> {
  const isSingle = dice.oneIn(9)
  const covered = isSingle
    ? members.slice(0, 1)
    : members.slice(0, Math.max(1, members.length - (dice.oneIn(5) ? 1 : 0)))
  const ceiling = standardFen * members.length
  const income =
    [0, 0, 7_777, 10_000 * members.length, ceiling - 1, Math.floor(ceiling / 2), ceiling, ceiling + 5_000][
      dice.below(8)
    ] ?? 0
  const disregarded = dice.oneIn(5) ? [{ kind: 'transfer' as const, fen: 12_345, disregard: '高龄津贴' }] : []
  const supplemented = covered[dice.below(covered.length)]
  const category = CATEGORIES[dice.below(4)] ?? 'elderly'
  const isTier = dice.oneIn(7)
  return {
    residence,
    members,
    covered,
    unit: isSingle ? 'single_person' : 'household',
    ...(isSingle ? { unitReason: 'severe_disability' } : {}),
    income: [...(income > 0 ? [{ kind: 'wage' as const, fen: income }] : []), ...disregarded],
    deductions: dice.oneIn(4) ? [{ kind: 'illness', fen: 3_333 }] : [],
    method: isTier ? { kind: 'tier', tier: 'A' } : { kind: 'differential' },
    supplements: supplemented !== undefined && dice.oneIn(3) ? [{ personId: supplemented, category }] : [],
    payee: { kind: 'person', id: members[dice.below(members.length)] ?? '' },
  }
}

/** The content in force in a month, with other people in it. */
export function sameWith(world: World, one: Case, month: Month, members: string[]): SubsistenceContent {
  const current = determinationFor(world.history, one.award.id, month, world.order)?.content
  const content = current && 'covered' in current ? current : (contentFor(world, one) as SubsistenceContent)
  const payee = { kind: 'person', id: members[0] ?? '' }
  const supplements = content.supplements.filter(({ personId }) => members.includes(personId))
  return {
    ...content,
    members,
    covered: members,
    unit: 'household',
    supplements,
    payee,
  } as SubsistenceContent
}
