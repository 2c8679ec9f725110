import type { Dice } from './dice.ts'
import type { SubsistenceRow } from './data.ts'
import type { Relation, Sex } from './plan-types.ts'

/** A member before it has a name; age on 2020-01-01. */
export interface MemberSketch {
  relation: Relation
  sex: Sex
  age: number
}

/** Who lives in the household of a row. The head comes first. Shares of ages: `ages` of the data file. */
export function composeHousehold(dice: Dice, row: SubsistenceRow): MemberSketch[] {
  if (row.why === 'destitute') return [head(dice, ageOfDestitute(dice))]
  if (row.why === 'death') return [head(dice, dice.percent(85) ? dice.between(64, 92) : dice.between(41, 63))]
  if (row.sizeWhy === 'joined') return youngFamily(dice, row.size)
  switch (row.size) {
    case 1:
      return [head(dice, ageOfSingle(dice))]
    case 2:
      return pair(dice)
    case 3:
      return dice.percent(25) ? coupleWithParent(dice) : family(dice, 3)
    default:
      return family(dice, row.size)
  }
}

/** Assumed shares: 14 % below 60, 70 % 60–79, 16 % from 80. */
export function ageOfDestitute(dice: Dice): number {
  const share = dice.below(100)
  if (share < 14) return dice.between(24, 58)
  if (share < 84) return dice.between(61, 78)
  return dice.between(80, 93)
}

export function ageOfSingle(dice: Dice): number {
  const share = dice.below(100)
  if (share < 51) return dice.between(23, 59)
  if (share < 87) return dice.between(60, 79)
  return dice.between(80, 92)
}

function head(dice: Dice, age: number): MemberSketch {
  return { relation: 'head', sex: dice.percent(68) ? 'male' : 'female', age }
}

function pair(dice: Dice): MemberSketch[] {
  const share = dice.below(100)
  if (share < 36) return couple(dice, dice.between(62, 84))
  if (share < 58) return singleParent(dice)
  if (share < 80) return adultWithParent(dice)
  return couple(dice, dice.between(34, 58))
}

function couple(dice: Dice, age: number): MemberSketch[] {
  const other = Math.max(22, age - dice.between(0, 5))
  return [
    { relation: 'head', sex: 'male', age },
    { relation: 'spouse', sex: 'female', age: other },
  ]
}

function singleParent(dice: Dice): MemberSketch[] {
  const parent = { relation: 'head', sex: dice.percent(45) ? 'male' : 'female' } as const
  const age = dice.between(30, 56)
  return [{ ...parent, age }, ...children(dice, 1, oldestChild(dice, age))]
}

function adultWithParent(dice: Dice): MemberSketch[] {
  const age = dice.between(34, 58)
  return [{ relation: 'head', sex: dice.percent(80) ? 'male' : 'female', age }, parentOf(dice, age)]
}

function coupleWithParent(dice: Dice): MemberSketch[] {
  const [first, second] = couple(dice, dice.between(36, 57))
  return [first, second, parentOf(dice, first?.age ?? 45)].filter((member) => member !== undefined)
}

/** A couple or a parent alone with children; from four members on perhaps with a grandparent. */
function family(dice: Dice, size: number): MemberSketch[] {
  const age = dice.between(33, 52)
  const parents = dice.percent(78) ? couple(dice, age) : couple(dice, age).slice(0, 1)
  const youngest = Math.min(...parents.map((parent) => parent.age))
  const members = [...parents]
  if (size >= 4 && dice.percent(55)) members.push(parentOf(dice, age))
  if (size >= 6 && dice.percent(60)) members.push(parentOf(dice, age, 'female'))
  return [...members, ...children(dice, size - members.length, oldestChild(dice, youngest))]
}

/** A household where a child can be born. */
function youngFamily(dice: Dice, size: number): MemberSketch[] {
  if (size === 1) return [{ relation: 'head', sex: 'female', age: dice.between(23, 36) }]
  const members = couple(dice, dice.between(26, 38))
  const mother = members[1]?.age ?? 26
  if (size >= 4) members.push(parentOf(dice, members[0]?.age ?? 30))
  return [...members, ...children(dice, size - members.length, mother - 20)]
}

function parentOf(dice: Dice, age: number, sex?: Sex): MemberSketch {
  const years = Math.min(92, Math.max(60, age + dice.between(21, 34)))
  return { relation: 'parent', sex: sex ?? (dice.percent(35) ? 'male' : 'female'), age: years }
}

/** Seldom grown: grown children found work or a household of their own. */
function oldestChild(dice: Dice, parentAge: number): number {
  return Math.min(parentAge - 20, dice.percent(24) ? 25 : 17)
}

/** Brothers and sisters at least two years apart. */
function children(dice: Dice, count: number, oldest: number): MemberSketch[] {
  const spare = Math.max(0, oldest - 2 * count)
  return Array.from({ length: count }, () => dice.between(0, spare))
    .toSorted((a, b) => b - a)
    .map((extra, index) => ({
      relation: 'child',
      sex: dice.percent(52) ? 'male' : 'female',
      age: extra + 2 * (count - index),
    }))
}
