import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { commands, programs } from '../server/app.ts'
import { computeRun } from '../server/engines/benefits/index.ts'
import {
  answerBatch,
  fileBatch,
  importResults,
  listClaims,
  readBatchFile,
  readOrders,
} from '../server/engines/funds/index.ts'
import { revealIdentity } from '../server/engines/registry/index.ts'
import type { Actor } from '../server/platform/access.ts'
import { advanceClock } from '../server/platform/clock.ts'
import { execute, read, type Command } from '../server/platform/command.ts'
import { addMonths, type Month } from '../server/platform/dates.ts'
import { ROLES } from '../server/roles.ts'
import { buildActor } from './actors.ts'
import { standards, subsistence } from './benefits.ts'
import type { TestDb } from './db.ts'
import { plantAreas } from './people.ts'
import { CSV } from './funds-office.ts'

/** A county of three towns with two villages each and two people in each village, every step of two months by commands. */

export interface PlantedCounty {
  county: string
  /** The first month paid; claims arise in the next. */
  month: Month
  towns: readonly string[]
  villages: readonly string[]
  people: readonly PlantedPerson[]
  /** The old system's list that nobody has signed, and the correction about the last person that nobody has decided. */
  takeoverId: string
  correctionId: string
  maker: Actor
  checker: Actor
  approver: Actor
  does: <Input, Result>(actor: Actor, definition: Command<Input, Result>, input: unknown) => Promise<Result>
}

export interface PlantedPerson {
  id: string
  name: string
  idNumber: string | null
  town: string
  village: string
  awardId: string
  householdId: string
}

const EVERYTHING = [...new Set(ROLES.flatMap(({ permissions }) => permissions))]
const GROUP = 'basic_assistance'

/** `month` is the first one paid; decided in the month before. */
export async function plantCounty(
  db: TestDb,
  { county, month, numbers = [] }: { county: string; month: Month; numbers?: readonly string[] },
): Promise<PlantedCounty> {
  const actor = (post: string) =>
    buildActor(db, { login: `${post}_${county}`, permissions: EVERYTHING, scope: [county] })
  const [maker, checker, approver] = [await actor('maker'), await actor('checker'), await actor('approver')]
  const towns = ['100', '101', '102'].map((suffix) => county + suffix)
  const villages = towns.flatMap((town) => [`${town}001`, `${town}002`])
  const does: PlantedCounty['does'] = (who, definition, input) =>
    execute(db.deps, definition, { actor: who, county, idempotencyKey: randomUUID(), input })
  const people = villages
    .flatMap((village) => [village, village])
    .map((village, index): PlantedPerson => {
      const idNumber = numbers[index] ?? null
      return {
        id: randomUUID(),
        name: `某${'甲乙丙丁戊己庚辛壬癸子丑'.charAt(index)}`,
        idNumber,
        town: village.slice(0, 9),
        village,
        awardId: randomUUID(),
        householdId: randomUUID(),
      }
    })
  const planted: Staffed = { county, month, towns, villages, people, maker, checker, approver, does }
  await plantAreas(db, villages)
  await register(planted)
  await decide(db, planted)
  await payFirstMonth(db, planted)
  await takeBack(db, planted)
  const lists = await proposeLists(planted)
  for (const { id } of people.slice(-2))
    await does(maker, revealIdentity, { personId: id, purpose: 'verify_identity' })
  return { ...planted, ...lists }
}

/** While it is being planted. */
type Staffed = Omit<PlantedCounty, 'takeoverId' | 'correctionId'>

const TOWN_LIMIT = {
  ...{ program: 'temporary_assistance', key: 'township_limit_yuan', value: '1500.00' },
  ...{ from: '2019-10-01', basis: 'b1' },
}

async function register({ county, people, maker, checker, does }: Staffed): Promise<void> {
  const { policyId } = await does(maker, commands.loadPolicy, {
    text: JSON.stringify({ ...standards({ settings: [TOWN_LIMIT] }), area: county }),
  })
  await does(checker, commands.publishPolicy, { policyId })
  const place = ({ town, village }: PlantedPerson) => ({ town, village })
  await does(maker, commands.registerPeople, {
    people: people.map((each) => {
      const own = { id: each.id, fullName: each.name, idNumber: each.idNumber, ...place(each) }
      return {
        ...own,
        sex: each.idNumber === null ? 'female' : null,
        bornOn: each.idNumber === null ? '1950-03-04' : null,
      }
    }),
  })
  await does(maker, commands.createHouseholds, {
    households: people.map((each) => ({
      id: each.householdId,
      headId: each.id,
      ...place(each),
      members: [{ personId: each.id, relation: 'head', from: '2019-01-01' }],
    })),
  })
  await does(maker, commands.recordAccounts, {
    accounts: people.map((each, index) => {
      const number = luhn(`62284800${county}${String(index).padStart(4, '0')}`)
      return {
        holderKind: 'person',
        holderId: each.id,
        holderName: each.name,
        bankCode: '103',
        number,
        from: '2019-01-01',
        ...place(each),
      }
    }),
  })
}

/** Completes a card number by its check digit. */
function luhn(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return digits + String((10 - (sum % 10)) % 10)
}

async function decide(db: TestDb, { month, people, maker, checker, does }: Staffed): Promise<void> {
  await does(maker, commands.openAwards, {
    awards: people.map(({ awardId, householdId, town, village }) => ({
      id: awardId,
      program: 'subsistence_allowance',
      holderKind: 'household',
      holderId: householdId,
      town,
      village,
      ledgerOpensMonth: month,
    })),
  })
  const { ids } = await does(maker, commands.proposeDeterminations, {
    determinations: people.map(({ id, awardId }) => ({
      awardId,
      ...FIRST,
      from: month,
      content: subsistence({ persons: [id], incomeFen: 100_00 }),
    })),
  })
  await does(checker, commands.checkDeterminations, { ids })
  await advanceClock(db.deps.database.app, `${month}-15T09:00:00+08:00`)
}

const FIRST = { kind: 'initial', outcome: 'grant', to: null, cause: '测试', clause: '' }

async function runMonth(
  db: TestDb,
  { county, maker, checker, approver, does }: Staffed,
  month: string,
): Promise<void> {
  const { runNo } = await does(maker, commands.startRun, { group: GROUP, month })
  await computeRun(db.deps, programs, { county, runNo })
  await does(checker, commands.checkRun, { runNo })
  await does(approver, commands.approveRun, { runNo })
  await does(maker, commands.publishRun, { runNo })
}

async function payFirstMonth(db: TestDb, planted: Staffed): Promise<void> {
  const { county, month, people, maker, checker, does } = planted
  const next = addMonths(month, 1)
  await runMonth(db, planted, month)
  const [held] = people
  await does(maker, commands.setHold, {
    awardId: held?.awardId,
    fromMonth: next,
    cause: '核实住址',
    evidence: '走访记录',
    reviewOn: '2020-12-01',
  })
  await does(maker, commands.setHold, {
    personId: people.at(-1)?.id,
    fromMonth: next,
    cause: '核实住址',
    evidence: '走访记录',
    reviewOn: '2020-12-01',
  })
  await does(maker, commands.createBudget, {
    fiscalYear: 2020,
    source: '县级',
    program: 'subsistence_allowance',
    amountFen: 100_000_00,
    basis: '预算批复',
  })
  const { batchNo } = await does(maker, commands.createBatch, {
    programGroup: GROUP,
    fiscalYear: 2020,
    title: '2月发放',
    layout: CSV,
  })
  await does(checker, commands.approveBatch, { batchNo })
  const call = { actor: maker, county, idempotencyKey: randomUUID() }
  await fileBatch(db.deps, { ...call, input: { batchNo } })
  const { bytes } = await readBatchFile(db.deps, { ...call, input: { batchNo, part: 1 } })
  await importResults(db.deps, {
    ...call,
    idempotencyKey: randomUUID(),
    input: { batchNo, bytes: answerBatch(CSV, readOrders(CSV, bytes)) },
  })
}

/** Half of the awards end backwards: claims in every town, one with a receipt; a last batch stays a draft. */
async function takeBack(db: TestDb, planted: Staffed): Promise<void> {
  const { county, month, people, maker, checker, does } = planted
  const next = addMonths(month, 1)
  await advanceClock(db.deps.database.app, `${next}-10T09:00:00+08:00`)
  const ending = people.filter((_, index) => index % 2 === 1)
  const end = {
    kind: 'retroactive',
    outcome: 'end',
    from: month,
    to: null,
    cause: '测试',
    clause: '第三十一条',
    content: null,
  }
  const { ids } = await does(maker, commands.proposeDeterminations, {
    determinations: ending.map(({ awardId }) => ({ awardId, ...end })),
  })
  await does(checker, commands.checkDeterminations, { ids })
  await runMonth(db, planted, next)
  const claims = await read(db.deps, { actor: maker, county }, (ctx) => listClaims(ctx, { status: 'open' }))
  for (const claim of claims.slice(0, 2)) {
    await does(checker, commands.decideClaim, { claimId: claim.id, decision: '通知退回' })
    await does(maker, commands.addReceipt, {
      claimId: claim.id,
      fen: 50_00,
      receivedOn: `${next}-12`,
      paper: '收据1号',
    })
  }
  await does(maker, commands.createBatch, {
    programGroup: GROUP,
    fiscalYear: 2020,
    title: '3月发放',
    layout: CSV,
  })
}

/** A list of the old system that nobody has signed, and a correction that nobody has decided. */
async function proposeLists({
  people,
  maker,
  does,
}: Staffed): Promise<Pick<PlantedCounty, 'takeoverId' | 'correctionId'>> {
  const settled = { ledgerOpensMonth: '2019-12', lastPaidMonth: '2019-11', lastPaidFen: 484_00 }
  const { takeoverId } = await does(maker, commands.proposeTakeover, {
    awards: people.map(({ householdId, town, village }) => ({
      program: 'subsistence_allowance',
      holderKind: 'household',
      holderId: householdId,
      town,
      village,
      ...settled,
    })),
  })
  const subject = people.at(-1)?.id
  const correction = { kind: 'fact', subject, clause: '第三十一条' }
  const { correctionId } = await does(maker, commands.proposeCorrection, correction)
  return { takeoverId, correctionId }
}

/** Works as the role of the product inside one scoped transaction, and leaves nothing behind. */
export async function asApp<Result>(
  db: TestDb,
  scope: readonly string[],
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await db.deps.database.pools.minben_app.connect()
  try {
    await client.query('begin')
    await client.query(`set local app.scope = '${scope.join(',')}'`)
    return await work(client)
  } finally {
    await client.query('rollback')
    client.release()
  }
}
