import { randomUUID } from 'node:crypto'
import { commands } from '../server/app.ts'
import type { Actor } from '../server/platform/access.ts'
import { execute, type Command } from '../server/platform/command.ts'
import { buildActor } from './actors.ts'
import { standards } from './benefits.ts'
import type { TestDb } from './db.ts'
import { idNumberOf } from './import-sheet.ts'
import { COUNTY, importWorld, OTHER_TOWN, permissionsOf, TOWN, type ImportWorld } from './import-world.ts'

/** A county with law, households in two towns, and those who bring decisions as lists and check them. */

export const VILLAGE = '441882101200'
export const FAR_VILLAGE = '441882102211'

const rate = (program: string, item: string, when: object, yuan: string) => ({
  ...{ program, item, when, yuan, per: 'person_month', from: '2019-01', basis: 'b1' },
})

const LAW = standards({
  rates: [
    rate('subsistence_allowance', 'tier', { residence: 'rural', category: 'A' }, '300.00'),
    rate('subsistence_allowance', 'tier', { residence: 'rural', category: 'B' }, '200.00'),
    rate('extreme_poverty_support', 'base', { residence: 'rural' }, '775.00'),
    rate('extreme_poverty_support', 'base', { residence: 'urban' }, '1124.00'),
    rate('extreme_poverty_care', 'care', { selfCare: 'none' }, '846.00'),
    rate('extreme_poverty_care', 'care', { selfCare: 'partial' }, '423.00'),
  ],
})

export interface Family {
  householdId: string
  ids: string[]
  /** Name and number as a list has them. */
  cells: [string, string][]
}

export interface DecisionWorld extends ImportWorld {
  checker: Actor
  does: <Input, Result>(who: Actor, definition: Command<Input, Result>, input: unknown) => Promise<Result>
  /** So many people of one village, the first their head. */
  family: (count: number, village?: string) => Promise<Family>
  /** People without a household. */
  people: (count: number, village?: string) => Promise<Omit<Family, 'householdId'>>
  /** An award with a decision in effect. */
  decided: (
    program: string,
    holderId: string,
    decision: { from: string; to?: string; content: unknown },
  ) => Promise<string>
}

export async function decisionWorld(db: TestDb): Promise<DecisionWorld> {
  const world = await importWorld(db)
  const everything = permissionsOf('section_clerk', 'section_checker')
  const checker = await buildActor(db, { login: 'checker', permissions: everything, scope: [COUNTY] })
  const does: DecisionWorld['does'] = (who, definition, input) =>
    execute(db.deps, definition, { actor: who, county: COUNTY, idempotencyKey: randomUUID(), input })
  const { policyId } = await does(world.bureau, commands.loadPolicy, { text: JSON.stringify(LAW) })
  await does(checker, commands.publishPolicy, { policyId })
  let serial = 100_000
  const placeOf = (village: string) => ({ town: village.slice(0, 9), village })

  async function people(count: number, village = VILLAGE) {
    const numbers = Array.from({ length: count }, () => idNumberOf(serial++))
    const { ids } = await does(world.bureau, commands.registerPeople, {
      people: numbers.map((idNumber) => ({
        ...{ fullName: '张某', idNumber, sex: null, bornOn: null, ...placeOf(village) },
      })),
    })
    return { ids: ids.map(String), cells: numbers.map((number): [string, string] => ['张某', number]) }
  }

  async function family(count: number, village = VILLAGE): Promise<Family> {
    const { ids, cells } = await people(count, village)
    const members = ids.map((personId, index) => ({
      ...{ personId, relation: index === 0 ? 'head' : 'child', from: '2019-01-01', to: null },
    }))
    const { ids: houses } = await does(world.bureau, commands.createHouseholds, {
      households: [{ headId: ids[0], ...placeOf(village), members }],
    })
    return { householdId: String(houses[0]), ids, cells }
  }

  const decided: DecisionWorld['decided'] = async (program, holderId, { from, to = null, content }) => {
    const holderKind = program === 'subsistence_allowance' ? 'household' : 'person'
    const award = { program, holderKind, holderId, ...placeOf(VILLAGE), ledgerOpensMonth: from }
    const { ids } = await does(world.bureau, commands.openAwards, { awards: [award] })
    const awardId = String(ids[0])
    const proposal = { awardId, kind: 'initial', outcome: 'grant', from, to, cause: '申请', clause: '' }
    const made = await does(world.bureau, commands.proposeDeterminations, {
      determinations: [{ ...proposal, content }],
    })
    await does(checker, commands.checkDeterminations, { ids: made.ids })
    return awardId
  }
  return { ...world, checker, does, family, people, decided }
}

export { COUNTY, OTHER_TOWN, TOWN }
