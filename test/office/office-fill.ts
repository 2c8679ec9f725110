import { randomUUID } from 'node:crypto'
import { commands, programs } from '../../server/app.ts'
import { computeRun } from '../../server/engines/benefits/index.ts'
import { getActor } from '../../server/platform/access.ts'
import { createAccounts } from '../../server/platform/account.actions.ts'
import { execute, type Command } from '../../server/platform/command.ts'
import { openSession } from '../asking.ts'
import { subsistence } from '../benefits.ts'
import type { OfficeWorld } from './office-world.ts'

/** What the scenario has too little of: lists of more than twenty, long names of people and places, characters that few fonts have. */

export interface Filled {
  personId: string
  householdId: string
  awardId: string
  takeoverId: string
  correctionId: string
  /** Waits with more than twenty matters that stand in its way. */
  runNo: number
}

export const LONG_NAME = '买买提江·阿卜杜热依木·吐尔逊尼亚孜'
const VILLAGE_NAME = '塔什库尔干塔吉克族柯尔克孜族维吾尔族联合易地扶贫搬迁安置新村第二社区居民委员会'
const NAMES = [LONG_NAME, '盘㛃吐尔逊', '黄𠮷吐尔逊']
const MANY = 22
const TOWN_SUFFIX = '100'
const VILLAGE_SUFFIX = '100099'

type Does = <Input, Result>(
  login: string,
  definition: Command<Input, Result>,
  input: unknown,
) => Promise<Result>

export async function fillOffice(office: OfficeWorld): Promise<Filled> {
  const { db, county } = office
  const does: Does = async (login, definition, input) => {
    const actor = await getActor(db.deps.database.app, login)
    return execute(db.deps, definition, { actor, county, idempotencyKey: randomUUID(), input })
  }
  const family = await enterFamily(does, county)
  await grantSome(does, county, family)
  const awards = await awardsOf(office)
  await holdAndClaim(office, does, awards)
  await enterMoneyAndAccounts(office, does)
  const takeoverId = await proposeTakeovers(does, county, family.people)
  const { runNo, correctionId } = await correctSome(office, does, awards)
  return { ...family, personId: family.people[0] ?? '', takeoverId, correctionId, runNo }
}

interface Family {
  people: readonly string[]
  householdId: string
  awardId: string
}

function placeOf(county: string) {
  return { town: `${county}${TOWN_SUFFIX}`, village: `${county}${VILLAGE_SUFFIX}` }
}

/** A household of many in a village of a long name, with an award in force. */
async function enterFamily(does: Does, county: string): Promise<Family> {
  const place = placeOf(county)
  await does('clerk', commands.recordAreas, {
    areas: [{ code: place.village, name: VILLAGE_NAME, level: 'village', parent: place.town }],
  })
  const people = Array.from({ length: MANY }, () => randomUUID())
  await does('clerk', commands.registerPeople, {
    people: people.map((id, index) => ({
      ...{ id, fullName: NAMES[index] ?? `阿依古丽·吐尔逊尼亚孜${index}`, idNumber: null, sex: 'female' },
      ...{ bornOn: `19${50 + index}-03-04`, ...place, registeredPoor: true },
    })),
  })
  const [head = ''] = people
  const householdId = randomUUID()
  await does('clerk', commands.createHouseholds, {
    households: [
      {
        ...{ id: householdId, headId: head, ...place },
        members: people.map((personId, index) => ({
          ...{ personId, relation: index === 0 ? 'head' : 'relative', from: '2019-01-01' },
        })),
      },
    ],
  })
  const awardId = randomUUID()
  await does('clerk', commands.openAwards, {
    awards: [
      {
        ...{ id: awardId, program: 'subsistence_allowance', holderKind: 'household', holderId: householdId },
        ...{ ...place, ledgerOpensMonth: '2020-12' },
      },
    ],
  })
  const { ids } = await does('clerk', commands.proposeDeterminations, {
    determinations: [
      {
        ...{ awardId, kind: 'initial', outcome: 'grant', from: '2020-12', to: null },
        ...{ cause: '整户搬迁后重新申请', clause: '最低生活保障审核确认办法 第十九条' },
        content: subsistence({ persons: [...people], incomeFen: 300_00 }),
      },
    ],
  })
  await does('checker', commands.checkDeterminations, { ids })
  return { people, householdId, awardId }
}

/** One aid waits for its check, one for its filing; one change of the family's award waits. */
async function grantSome(does: Does, county: string, { people, awardId }: Family): Promise<void> {
  const [head = '', second = ''] = people
  const aid = (id: string, yuan: number) => ({
    ...{
      holderId: id,
      ...placeOf(county),
      month: '2020-12',
      cause: '住房失火，家具粮食被烧',
      clause: '第九条',
    },
    content: {
      ...{ amountFen: yuan * 100, persons: [id], kind: 'urgent', registeredPoor: true, reliefFirst: true },
      payee: { kind: 'person', id },
    },
  })
  const { aids } = await does('clerk', commands.grantTemporaryAid, {
    aids: [aid(head, 1500), aid(second, 2600)],
  })
  await does('checker', commands.checkDeterminations, { ids: [aids[0]?.determinationId] })
  await does('clerk', commands.proposeDeterminations, {
    determinations: [
      {
        ...{ awardId, kind: 'change', outcome: 'grant', from: '2021-01', to: null },
        ...{ cause: '入户复核：家庭收入减少', clause: '第三十四条' },
        content: subsistence({ persons: [...people], incomeFen: 100_00 }),
      },
    ],
  })
}

async function awardsOf({ db, county }: OfficeWorld): Promise<{ id: string; holderId: string }[]> {
  const { rows } = await db.pool.query<{ id: string; holderId: string }>(
    `select a.id, a.holder_id as "holderId" from benefits.award a
      where a.county = $1 and a.program = 'subsistence_allowance'
        and exists (select from benefits.month_balance b where b.county = a.county and b.award_id = a.id and b.for_month = '2020-11' and b.fen > 0)
      order by a.id limit $2`,
    [county, MANY],
  )
  return rows
}

async function holdAndClaim(
  { db, county }: OfficeWorld,
  does: Does,
  awards: readonly { id: string }[],
): Promise<void> {
  for (const [index, { id }] of awards.entries()) {
    await does('funds.clerk', commands.setHold, {
      ...{
        awardId: id,
        fromMonth: '2020-12',
        cause: '银行退回：户名与证件姓名不符',
        evidence: '银行退票清单',
      },
      reviewOn: `2020-${index < 3 ? '11' : '12'}-${String(1 + index).padStart(2, '0')}`,
    })
  }
  await db.pool.query(
    `insert into funds.claim (county, id, award_id, for_month, status, opened_fen, open_fen, town, village, opened_at)
     select $1, gen_random_uuid(), a.id, '2020-01', 'open', 12300, 4500, a.town, a.village, now()
       from benefits.award a where a.county = $1 and a.id = any ($2::uuid[])`,
    [county, awards.map(({ id }) => id)],
  )
}

async function enterMoneyAndAccounts({ db, county }: OfficeWorld, does: Does): Promise<void> {
  for (let index = 0; index < MANY; index += 1)
    await does('funds.clerk', commands.createBudget, {
      ...{
        fiscalYear: 2020,
        source: `中央财政困难群众救助补助资金第${index + 1}批`,
        amountFen: 5_000_000_00,
      },
      ...{ program: 'subsistence_allowance', basis: `财社〔2020〕${index + 1}号` },
    })
  await does('admin.security', createAccounts, {
    accounts: Array.from({ length: MANY }, (_, index) => ({
      ...{ login: `colleague.${index}`, fullName: `阿卜杜热依木·吐尔逊尼亚孜${index}`, level: 'county' },
      ...{ roles: ['section_clerk', 'funds_clerk'], scope: [county] },
    })),
  })
  const { id } = await getActor(db.deps.database.app, 'clerk')
  for (let index = 0; index < MANY; index += 1) await openSession(db, id)
}

/** Many lists, one of many lines; the first is signed, the second withdrawn. */
async function proposeTakeovers(does: Does, county: string, people: readonly string[]): Promise<string> {
  const line = (holderId: string) => ({
    ...{ program: 'extreme_poverty_support', holderKind: 'person', holderId, ...placeOf(county) },
    ...{ ledgerOpensMonth: '2020-12', lastPaidMonth: '2020-11', lastPaidFen: 928_00 },
  })
  const made: string[] = []
  for (const id of [...people.slice(1), people[0] ?? '']) {
    const awards = made.length === MANY - 1 ? people.map(line) : [line(id)]
    made.push((await does('clerk', commands.proposeTakeover, { awards })).takeoverId)
  }
  await does('checker', commands.signTakeover, { takeoverId: made[0] })
  await does('checker', commands.withdrawTakeover, { takeoverId: made[1], why: '户数与移交清单不符' })
  return made.at(-1) ?? ''
}

/** The rural standard is lowered backwards: a run that finds too much everywhere, and corrections, one of them its cause. */
async function correctSome(
  { db, county }: OfficeWorld,
  does: Does,
  awards: readonly { holderId: string }[],
): Promise<{ runNo: number; correctionId: string }> {
  const { policyId } = await does('clerk', commands.loadPolicy, { text: JSON.stringify(lowered(county)) })
  await does('checker', commands.publishPolicy, { policyId })
  const { rows } = await db.pool.query<{ id: string }>('select id from benefits.rate where policy_id = $1', [
    policyId,
  ])
  const { runNo } = await does('clerk', commands.startRun, { group: 'basic_assistance', month: '2020-11' })
  await computeRun(db.deps, programs, { county, runNo })
  const propose = (kind: string, subject: string) =>
    does('clerk', commands.proposeCorrection, {
      kind,
      subject,
      clause: '最低生活保障审核确认办法 第三十一条',
    })
  const { rows: heads } = await db.pool.query<{ id: string }>(
    'select head_id as id from registry.household where county = $1 and id = any ($2::uuid[])',
    [county, awards.map(({ holderId }) => holderId)],
  )
  const made: string[] = []
  for (const { id } of heads) made.push((await propose('fact', id)).correctionId)
  await does('chief', commands.decideCorrection, { correctionId: made[0] })
  await does('chief', commands.rejectCorrection, {
    correctionId: made[1],
    why: '出生日期以户口簿为准，不更正',
  })
  const { correctionId } = await propose('rate', rows[0]?.id ?? '')
  return { runNo, correctionId }
}

function lowered(county: string) {
  return {
    ...{ format: 'minben-policy/1', area: county, title: '更正农村低保标准', recordedOn: '2020-11-25' },
    basis: [{ id: 'b1', title: '关于更正农村最低生活保障标准的通知', number: '测〔2020〕9号' }],
    rates: [
      {
        ...{ program: 'subsistence_allowance', item: 'standard', when: { residence: 'rural' } },
        ...{ yuan: '500.00', per: 'person_month', from: '2020-11', basis: 'b1' },
      },
    ],
    settings: [],
  }
}
