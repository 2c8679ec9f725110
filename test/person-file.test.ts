import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { commands } from '../server/app.ts'
import type { getAwardEndpoint } from '../server/engines/benefits/award-view.schema.ts'
import type * as view from '../server/engines/registry/person-file.schema.ts'
import { buildHttp } from '../server/http.ts'
import { ROLES } from '../server/roles.ts'
import { routes } from '../server/routes.ts'
import { buildActor } from './actors.ts'
import { standards } from './benefits.ts'
import { testDb, type TestDb } from './db.ts'
import { plantCounty, type PlantedCounty, type PlantedPerson } from './scope-world.ts'

/** 一人一档 over HTTP: a county of twelve people, two months counted, one paid; every second award ended backwards. */

const COUNTY = '441882'
/** Invented; the check digits are right. */
const NUMBERS = ['110101199003074477', '441882195903121625']
/** Standard 484.00 of one person, less an income of 100.00. */
const DUE = 384_00

let db: TestDb
let http: FastifyInstance
let world: PlantedCounty
let clerk: string

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  world = await plantCounty(db, { county: COUNTY, month: '2020-02', numbers: NUMBERS })
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 100_000 })
  clerk = await session('section_clerk', [COUNTY])
})
afterAll(async () => {
  await http.close()
  await db.close()
})

const permissionsOf = (role: string) => ROLES.find(({ key }) => key === role)?.permissions ?? []
let made = 0

/** Signed in without a password, with what a role of the product may do. */
async function session(role: string, scope: readonly string[], permissions = permissionsOf(role)) {
  const token = randomBytes(16).toString('hex')
  const actor = await buildActor(db, { login: `${role}_${++made}`, permissions, scope })
  await db.pool.query(
    `insert into platform.session (id, token_hash, account_id, device, ends_at) values (gen_random_uuid(), $1, $2, '', now() + interval '1 hour')`,
    [createHash('sha256').update(token).digest(), actor.id],
  )
  return token
}

async function ask<Body>(path: string, token = clerk, payload?: object) {
  const answer = await http.inject({
    method: payload ? 'POST' : 'GET',
    url: `/api/counties/${COUNTY}/${path}`,
    headers: { 'x-minben': '1' },
    cookies: { minben_session: token },
    ...(payload ? { payload } : {}),
  })
  return { status: answer.statusCode, body: answer.json<Body>(), text: answer.body }
}

type File = z.output<typeof view.getPersonEndpoint.output>
type Timeline = z.output<typeof view.listTimelineEndpoint.output>
type Viewers = z.output<typeof view.listViewersEndpoint.output>
type House = z.output<typeof view.getHouseholdEndpoint.output>
type Award = z.output<typeof getAwardEndpoint.output>
interface Problem {
  code: string
}

const person = (index: number): PlantedPerson => {
  const found = world.people[index]
  if (!found) throw new Error(`nobody at ${index}`)
  return found
}
const fileOf = (index: number, rest = '', token = clerk) =>
  ask<File>(`people/${person(index).id}${rest}`, token)

describe('the file', () => {
  test('shows who somebody is, masked, with family, facts and their sources', async () => {
    const { status, body, text } = await fileOf(0)

    expect(status).toBe(200)
    expect(body.person).toMatchObject({
      ...{ fullName: '某甲', sex: 'male', bornOn: '1990-03-07', age: 30, idNumber: '1101**********4477' },
      village: { code: person(0).village, name: '某地' },
    })
    expect(text).not.toContain(NUMBERS[0])
    expect(body.tags).toContainEqual({ key: 'relation', title: '户主' })
    expect(body.household?.members).toMatchObject([
      { fullName: '某甲', relationTitle: '户主', age: 30, isSelf: true },
    ])
    expect(body.facts.map(({ kind }) => kind).toSorted()).toEqual(['birth', 'residence'])
    expect(body.facts[0]).toMatchObject({ text: '1990-03-07', source: '建档', recordedBy: `maker_${COUNTY}` })
    expect([body.hidden, body.may]).toEqual([{}, { reveal: true }])
  })

  test('shows awards with their sentence, what was due and what arrived', async () => {
    const { money } = (await fileOf(0)).body

    expect(money?.awards).toMatchObject([
      {
        ...{ id: person(0).awardId, programTitle: '最低生活保障', through: 'household', state: 'active' },
        ...{ sinceMonth: '2020-02', endMonth: null },
        amount: { month: '2020-03', dueFen: DUE, ownFen: DUE },
        payee: { id: person(0).id, name: '某甲' },
      },
    ])
    expect(money?.awards[0]?.amount?.sentence).toContain('（标准 484.00 − 人均收入 100.00）× 1 人')
    expect(money?.months).toHaveLength(12)
    expect(money?.months.filter(({ dueFen, paidFen }) => dueFen + paidFen > 0)).toEqual([
      { month: '2020-02', dueFen: DUE, ownFen: DUE, paidFen: DUE },
      { month: '2020-03', dueFen: DUE, ownFen: DUE, paidFen: 0 },
    ])
    expect(money?.paidFen).toBe(DUE)
    expect(money?.holds).toMatchObject([{ cause: '核实住址', fromMonth: '2020-03' }])
  })

  test('is summed up in sentences that each name their record', async () => {
    const { summary } = (await fileOf(0)).body

    expect(summary.map(({ text, source }) => [text, source.kind])).toEqual([
      ['户主，一人生活。', 'household'],
      ['享受最低生活保障，自 2020-02 起，2020-03 应发 384.00 元。', 'award'],
      ['近十二个月有 1 个月到账，共 384.00 元。', 'award'],
      ['自 2020-03 起暂缓发放：核实住址。', 'hold'],
    ])
    const ended = (await fileOf(1)).body.summary.map(({ text }) => text)
    expect(ended.at(-1)).toMatch(/^2020-02 多发的 3[38]4\.00 元待追回。$/)
  })

  test('shows it as it was on a day', async () => {
    const before = (await fileOf(0, '?on=2020-01-20')).body
    const child = (await fileOf(0, '?on=2019-03-06')).body

    expect(before.money?.awards).toMatchObject([{ state: 'planned', amount: null }])
    expect(before.money?.paidFen).toBe(0)
    expect(child.person.age).toBe(28)
  })

  test('shows it as it was known then', async () => {
    const unknown = (await fileOf(0, '?known=2020-01-09')).body
    const first = (await fileOf(1, '?known=2020-02-20')).body
    const now = (await fileOf(1)).body

    expect([unknown.facts, unknown.household, unknown.money?.awards]).toEqual([[], null, []])
    expect(first.asOf).toEqual({ on: '2020-02-20', known: '2020-02-20T15:59:59.999999Z' })
    // The end of March took back what February had given.
    expect(first.money?.awards).toMatchObject([
      { state: 'active', amount: { month: '2020-02', dueFen: DUE } },
    ])
    expect(now.money?.awards).toMatchObject([
      { state: 'ended', endMonth: '2020-02', amount: { month: '2020-02', dueFen: 0 } },
    ])
    expect(now.money?.claims).toMatchObject([{ forMonth: '2020-02', status: 'open', openedFen: DUE }])
  })

  test('a town’s clerk sees the same sums for people of the town, and nobody else', async () => {
    const token = await session('town_clerk', [person(0).town])
    const own = (await fileOf(0, '', token)).body
    const whole = (await fileOf(0)).body
    const other = await ask<Problem>(`people/${person(11).id}`, token)

    expect(own.money).toEqual(whole.money)
    expect(own.summary).toEqual(whole.summary)
    expect([other.status, other.body.code]).toEqual([404, 'registry.person_unknown'])
    expect(other.text).not.toContain(person(11).id)
  })

  test('without the right to money it says who has it', async () => {
    await db.pool.query(
      `insert into platform.role (key, title, permissions) values ('knows_money', '待遇查看', '{benefits.award.read}')`,
    )
    const token = await session('visitor', [COUNTY], ['registry.person.read'])
    const { status, body, text } = await fileOf(0, '', token)
    const timeline = (await ask<Timeline>(`people/${person(0).id}/timeline`, token)).body
    const award = await ask<Problem>(`awards/${person(0).awardId}`, token)

    expect([status, body.money, body.may.reveal]).toEqual([200, null, false])
    expect(body.hidden.money).toMatchObject({ permission: 'benefits.award.read' })
    expect(body.hidden.money?.text).toContain('待遇查看')
    expect(text).not.toContain(person(0).awardId)
    expect([timeline.counts.benefit, timeline.counts.money]).toEqual([0, 0])
    expect([award.status, award.body.code]).toEqual([403, 'platform.permission_missing'])
  })

  test.each([
    ['a day that is none', '?on=2020-02-30', 422, 'platform.input_invalid'],
    ['an instant that is none', '?known=gestern', 422, 'platform.input_invalid'],
  ])('%s is a problem with a code', async (_, rest, status, code) => {
    const answer = await ask<Problem>(`people/${person(0).id}${rest}`)

    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  test('of somebody who is not there is no file', async () => {
    const answer = await ask<Problem>(`people/${randomUUID()}`)

    expect([answer.status, answer.body.code]).toEqual([404, 'registry.person_unknown'])
  })
})

describe('the timeline', () => {
  const timeline = async (index: number, rest = '') =>
    (await ask<Timeline>(`people/${person(index).id}/timeline${rest}`)).body

  test('tells what was decided, counted, paid, held and entered, by whom', async () => {
    const { events, counts, next } = await timeline(0, '?limit=200')

    expect(events.map(({ title }) => title)).toEqual([
      '2020-02 款项已到账',
      '暂缓发放',
      '最低生活保障：首次核定',
      '最低生活保障：首次认定生效',
      '最低生活保障：首次认定提出',
      '登记收款账户',
      '加入家庭',
      '记录：居住地',
      '记录：出生',
    ])
    expect(counts).toEqual({ benefit: 3, money: 2, fact: 2, household: 1, change: 1 })
    expect(next).toBeNull()
    expect(events[0]).toMatchObject({ kind: 'money', fen: DUE, day: '2020-02-15' })
    expect(events[3]).toMatchObject({ by: `checker_${COUNTY}`, source: { kind: 'determination' } })
  })

  test('tells a taking back with its claim, and no month that is like the one before', async () => {
    const { events } = await timeline(1, '?limit=200&kind=benefit')
    const money = (await timeline(1, '?limit=200&kind=money')).events

    expect(events.map(({ title, fen }) => [title, fen])).toEqual([
      ['最低生活保障：停发', 0],
      ['最低生活保障：更正', -DUE],
      ['最低生活保障：追溯认定生效', null],
      ['最低生活保障：追溯认定提出', null],
      ['最低生活保障：首次核定', DUE],
      ['最低生活保障：首次认定生效', null],
      ['最低生活保障：首次认定提出', null],
    ])
    expect(money.map(({ title }) => title)).toContain('2020-02 多发，待追回')
  })

  test('comes in pages that together are the whole', async () => {
    const whole = (await timeline(0, '?limit=200')).events.map(({ id }) => id)
    const paged: string[] = []
    for (let rest = '?limit=4'; ;) {
      const { events, next } = await timeline(0, rest)
      paged.push(...events.map(({ id }) => id))
      if (next === null) break
      rest = `?limit=4&after=${encodeURIComponent(next)}`
    }

    expect(paged).toEqual(whole)
  })
})

describe('an award', () => {
  const awardOf = async (index: number, rest = '', token = clerk) =>
    (await ask<Award>(`awards/${person(index).awardId}${rest}`, token)).body

  test('shows decisions, months with lines and cash, and why, in steps that add up', async () => {
    const { award, people, determinations, spans, months, next, why } = await awardOf(0)

    expect(award).toMatchObject({
      programTitle: '最低生活保障',
      holder: { kind: 'household', name: '某甲' },
      state: 'active',
    })
    expect(people).toEqual([{ id: person(0).id, fullName: '某甲' }])
    expect(determinations).toMatchObject([
      {
        ...{ title: '首次认定', statusTitle: '已生效', cause: '测试', madeBy: `maker_${COUNTY}` },
        checkedBy: `checker_${COUNTY}`,
      },
    ])
    expect(determinations[0]?.states).toContainEqual({ label: '工资性收入', text: '每月 100.00 元' })
    expect(spans).toMatchObject([{ outcome: 'grant', fromMonth: '2020-02', toMonth: null }])
    expect(months.map(({ month, dueFen, paidFen }) => [month, dueFen, paidFen])).toEqual([
      ['2020-03', DUE, 0],
      ['2020-02', DUE, DUE],
    ])
    expect(months[1]?.payments).toMatchObject([{ statusTitle: '已到账', fen: DUE, payeeName: '某甲' }])
    expect(next).toBeNull()
    expect(why?.steps.map(({ label, shown }) => `${label} ${shown}`)).toEqual([
      '农村低保标准 484.00',
      '共同生活人口 × 1',
      '家庭月收入 − 100.00',
    ])
    expect(why?.steps.reduce((sum, { addsFen }) => sum + addsFen, 0)).toBe(why?.dueFen)
    expect(why?.clauses).toContainEqual(expect.stringContaining('测〔2020〕1号'))
    expect(why?.facts).toContainEqual(
      expect.objectContaining({ label: '某甲：出生', text: '1990-03-07', source: '建档' }),
    )
    // Strictly below 484.00 × 1; one person has nobody to leave.
    expect(why?.whatIfs).toEqual([{ text: '家庭月收入到 484.00 元', dueFen: 0 }])
    expect(why?.unknowns).toEqual([])
  })

  test('taken back shows both lines of the month, its claim and nothing due', async () => {
    const { months, why } = await awardOf(1)

    expect(months).toHaveLength(1)
    expect(months[0]).toMatchObject({
      ...{ month: '2020-02', dueFen: 0, paidFen: DUE },
      lines: [
        { kind: 'regular', fen: DUE, runMonth: '2020-02' },
        { kind: 'correction', fen: -DUE, dueFen: 0, runMonth: '2020-03' },
      ],
      claims: [{ openedFen: DUE }],
    })
    expect([why?.dueFen, why?.steps]).toEqual([0, []])
  })

  test('explains the month asked for, and a page of months leads to the earlier ones', async () => {
    const asked = await awardOf(0, '?month=2020-02')
    const first = await awardOf(0, '?months=2')
    const second = await awardOf(0, `?months=2&before=${first.next}`)

    expect(asked.why).toMatchObject({ month: '2020-02', dueFen: DUE })
    expect(first.months.map(({ month }) => month)).toEqual(['2020-03'])
    expect([first.next, second.months.map(({ month }) => month), second.next]).toEqual([
      '2020-03',
      ['2020-02'],
      null,
    ])
  })

  test('names the next dated change', async () => {
    const { maker, checker, does } = world
    const law = { ...standards({ rural: '584.00', urban: '802.00', from: '2021-01' }), area: COUNTY }
    const { policyId } = await does(maker, commands.loadPolicy, { text: JSON.stringify(law) })
    await does(checker, commands.publishPolicy, { policyId })

    const { why } = await awardOf(0)

    // 584.00 − 100.00
    expect(why?.changes).toEqual([{ month: '2021-01', text: '标准调整', dueFen: 484_00 }])
  })

  test('is the town’s own to see, without the county’s runs', async () => {
    const token = await session('town_clerk', [person(0).town])
    const own = await awardOf(0, '', token)
    const other = await ask<Problem>(`awards/${person(11).awardId}`, token)

    expect(own.months.map(({ dueFen, paidFen }) => [dueFen, paidFen])).toEqual([
      [DUE, 0],
      [DUE, DUE],
    ])
    expect([other.status, other.body.code]).toEqual([404, 'benefits.award_unknown'])
  })
})

describe('who looked', () => {
  const viewers = async (index: number, token = clerk) =>
    (await ask<Viewers>(`people/${person(index).id}/viewers`, token)).body.viewers

  test('is told to whoever may open the file, with office, time and what it was', async () => {
    const token = await session('town_clerk', [person(4).town])
    expect(await viewers(4)).toEqual([])
    await fileOf(4, '', token)
    await ask(`people/${person(4).id}/timeline`, token)
    await ask(`awards/${person(4).awardId}`)

    const seen = await viewers(4, token)

    expect(seen.map(({ roles, isSelf, what }) => [roles.length, isSelf, what])).toEqual([
      [1, false, ['查看待遇']],
      [1, true, ['查看档案', '查看时间线']],
    ])
    const neighbour = await session('town_clerk', [person(8).town])
    expect((await ask<Problem>(`people/${person(4).id}/viewers`, neighbour)).status).toBe(404)
  })

  test('a number in clear needs the right and a purpose, and both are kept', async () => {
    const { id } = person(1)
    const town = await session('town_clerk', [person(1).town])
    const reveal = (token: string, payload: object) =>
      ask<{ value: string | null } & Problem>(`people/${id}/reveal`, token, payload)
    const reason = 'verify_identity'

    const shown = await reveal(clerk, { what: 'id_number', reason })
    const account = await reveal(clerk, { what: 'account', reason: 'fix_payment' })
    const phone = await reveal(clerk, { what: 'phone', reason })
    const refused = await reveal(town, { what: 'id_number', reason })
    const bare = await reveal(clerk, { what: 'id_number' })

    expect([shown.body.value, phone.body.value]).toEqual([NUMBERS[1], null])
    expect(account.body.value).toMatch(/^62284800441882/)
    expect([refused.status, refused.body.code]).toEqual([403, 'platform.permission_missing'])
    expect([bare.status, bare.body.code]).toEqual([422, 'platform.input_invalid'])
    expect((await viewers(1))[0]?.what).toEqual(
      expect.arrayContaining(['查看完整证件号码（核对证件）', '查看完整账号（处理发放问题）']),
    )
    const { rows } = await db.pool.query<{ outcome: string; subject: string }>(
      `select outcome, subject from platform.audit_row where event = 'registry.identity.revealed' and (outcome = 'refused' or subject like '%' || $1 || '%') order by id`,
      [id],
    )
    expect(rows.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'refused'])
    expect(JSON.stringify(rows)).not.toContain(NUMBERS[1])
    const events = (await ask<Timeline>(`people/${id}/timeline?kind=change`)).body.events
    expect(events[0]).toMatchObject({ title: '查看完整电话', text: '用途：核对证件。' })
  })
})

test('a household shows its members and its awards', async () => {
  const { status, body } = await ask<House>(`households/${person(2).householdId}`)
  const unknown = await ask<Problem>(`households/${randomUUID()}`)

  expect(status).toBe(200)
  expect(body.household).toMatchObject({ headName: person(2).name, village: { name: '某地' } })
  expect(body.members).toMatchObject([
    { fullName: person(2).name, isHead: true, from: '2019-01-01', to: null },
  ])
  expect(body.others).toEqual([])
  expect(body.awards).toMatchObject([{ id: person(2).awardId, state: 'active', amount: { dueFen: DUE } }])
  expect([unknown.status, unknown.body.code]).toEqual([404, 'registry.household_unknown'])
})

test('a merged record answers with the file of the surviving one, money and history of both', async () => {
  const [gone, kept] = [person(6), person(7)]
  const merge = { personId: gone.id, aliasOf: kept.id, reason: '同一人' }
  await world.does(world.maker, commands.mergePeople, merge)

  const { body } = await fileOf(6)

  expect([body.person.id, body.mergedFrom, body.alsoKnownAs]).toEqual([kept.id, gone.id, [gone.id]])
  expect(body.money?.awards.map(({ id }) => id).toSorted()).toEqual([gone.awardId, kept.awardId].toSorted())
  const { events } = (await ask<Timeline>(`people/${kept.id}/timeline?kind=change&limit=200`)).body
  expect(events.map(({ title }) => title)).toContain('并入另一份档案')
})
