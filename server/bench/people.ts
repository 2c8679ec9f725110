import { addDays, type PlainDate } from '../platform/dates.ts'
import { checkDigit } from '../platform/id-number.ts'
import type { Dice } from './dice.ts'
import { makeName, type MadeName } from './names.ts'
import type { PlannedAward } from './plan.ts'

/** A person on file, as somebody knows them who asks for them. */
export interface MadePerson extends MadeName {
  id: string
  sex: 'male' | 'female'
  bornOn: PlainDate
  idNumber: string
  phone: string | null
  town: string
  village: string
  household: { id: string; relation: string } | null
}

interface Making {
  county: string
  dice: Dice
}

const RELATIONS = ['head', 'spouse', 'child', 'child', 'parent', 'child', 'child']

/** Whoever the awards cover, each once and in the order of the awards, whose households stand before their other awards. */
export function* plannedPeople(awards: Iterable<PlannedAward>, making: Making): Generator<MadePerson> {
  const numbers = numberMaker(making)
  let known = new Set<string>()
  for (const award of awards) {
    if (award.covered.every((id) => known.has(id))) continue
    known = new Set(award.covered)
    for (const [index, id] of award.covered.entries())
      yield onePerson(award, { id, index, numbers, ...making })
  }
}

function onePerson(
  award: PlannedAward,
  { id, index, dice, numbers }: Making & { id: string; index: number; numbers: NumberMaker },
): MadePerson {
  const relation = RELATIONS[index] ?? 'child'
  const sex = dice.isBelow(relation === 'head' ? 0.6 : 0.45) ? 'male' : 'female'
  const [least, most] = agesOf(award, relation)
  const bornOn = addDays('2024-12-31', -Math.floor((least + dice.next() * (most - least)) * 365.25))
  const bornYear = Number(bornOn.slice(0, 4))
  const { town, village } = award
  return {
    ...{ id, sex, bornOn, town, village },
    ...makeName(dice, { sex, bornYear }),
    idNumber: numbers(bornOn, sex),
    phone: dice.isBelow(0.75) ? `1${3 + dice.below(7)}${String(dice.below(1e9)).padStart(9, '0')}` : null,
    household: award.holderKind === 'household' ? { id: award.holderId, relation } : null,
  }
}

function agesOf({ program, holderKind }: PlannedAward, relation: string): [least: number, most: number] {
  if (program === 'old_age_allowance') return [80, 99]
  if (program.startsWith('extreme_poverty')) return [60, 88]
  if (holderKind === 'person') return [6, 79]
  return relation === 'child' ? [1, 30] : relation === 'parent' ? [62, 90] : [32, 78]
}

type NumberMaker = (bornOn: PlainDate, sex: MadePerson['sex']) => string

const ELSEWHERE = ['441823', '441825', '440281', '431124', '451122']

/** Valid numbers, each once; most were issued here. */
function numberMaker({ county, dice }: Making): NumberMaker {
  const given = new Set<string>()
  return (bornOn, sex) => {
    for (;;) {
      const region = dice.isBelow(0.93) ? county : (ELSEWHERE[dice.below(ELSEWHERE.length)] ?? county)
      const serial = 1 + 2 * dice.below(499) + (sex === 'male' ? 0 : 1)
      const body = `${region}${bornOn.replaceAll('-', '')}${String(serial).padStart(3, '0')}`
      if (given.has(body)) continue
      given.add(body)
      return body + checkDigit(body)
    }
  }
}
