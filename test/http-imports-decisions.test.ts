import ExcelJS from 'exceljs'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { commands, importKinds } from '../server/app.ts'
import { findHeader } from '../server/engines/imports/sheet.rules.ts'
import { readSheet } from '../server/engines/imports/sheet.actions.ts'
import { missingFields } from '../server/engines/imports/field.rules.ts'
import { buildHttp } from '../server/http.ts'
import { jobHandlers } from '../server/jobs.ts'
import { command, execute, type Ctx } from '../server/platform/command.ts'
import { runAvailable } from '../server/platform/jobs.ts'
import { routes } from '../server/routes.ts'
import { asking, type Asking } from './asking.ts'
import { subsistence } from './benefits.ts'
import { testDb, type TestDb } from './db.ts'
import { COUNTY, decisionWorld, FAR_VILLAGE, TOWN, type DecisionWorld } from './decision-list.ts'
import { base64, csvOf, importDesk } from './import-desk.ts'
import { idNumberOf } from './import-sheet.ts'
import { permissionsOf } from './import-world.ts'

/** Decisions as a list: each row a proposal of whoever loads it, in effect when somebody else has checked it. */

let db: TestDb
let http: FastifyInstance
let world: DecisionWorld
let bureau: Asking
let clerk: Asking
let checker: Asking

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-03-10T01:00:00Z' } })
  world = await decisionWorld(db)
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000 })
  bureau = await asking(db, http, COUNTY, world.bureau)
  clerk = await asking(db, http, COUNTY, world.clerk)
  checker = await asking(db, http, COUNTY, world.checker)
})
afterAll(async () => {
  await http.close()
  await db.close()
})

const { upload, check, load, undo, faultsOf } = importDesk(() => runAvailable(db.deps, jobHandlers))

const HEADER = [
  ...['姓名', '身份证号', '救助项目', '办理类别', '执行月份', '原因', '文号', '月保障金额'],
  ...['城乡类别', '人均月收入', '档次', '供养方式', '自理能力', '供养机构'],
]
interface Cells {
  program?: string
  act?: string
  from?: string
  cause?: string
  clause?: string
  amount?: string
  residence?: string
  income?: string
  tier?: string
  support?: string
  selfCare?: string
  institution?: string
}
function line(who: readonly string[], cells: Cells): string[] {
  const {
    program = '低保',
    act = '新增',
    from = '2020-04',
    cause = '年度复核',
    clause = '清民救〔2020〕7号',
  } = cells
  const {
    amount = '',
    residence = '',
    income = '',
    tier = '',
    support = '',
    selfCare = '',
    institution = '',
  } = cells
  return [
    ...who,
    program,
    act,
    from,
    cause,
    clause,
    amount,
    residence,
    income,
    tier,
    support,
    selfCare,
    institution,
  ]
}

async function uploaded(who: Asking, rows: readonly string[][]): Promise<string> {
  return upload(who, { kind: 'decisions', fileName: '认定.csv', bytes: csvOf([HEADER, ...rows]) })
}
async function loaded(who: Asking, rows: readonly string[][]): Promise<string> {
  const id = await uploaded(who, rows)
  const shown = await check(who, id)
  expect({ counts: shown.batch.counts, faults: await faultsOf(who, id) }).toMatchObject({
    counts: { ready: rows.length },
  })
  await load(who, id)
  return id
}
interface Kept {
  id: string
  awardId: string
  kind: string
  status: string
  content: unknown
  madeBy: string
}
async function madeBy(importId: string): Promise<Kept[]> {
  const { rows } = await db.pool.query<Kept>(
    `select d.id, d.award_id as "awardId", d.kind, d.status, d.content, d.made_by as "madeBy"
       from imports.batch_row r join benefits.determination d on d.county = r.county and d.id = r.subject_id
      where r.batch_id = $1 order by r.row_no`,
    [importId],
  )
  return rows
}
/** With a gap that nobody filled in, or without a word on what to do. */
const isUnclear = ({ reason, remedy }: { reason: string; remedy: string }) =>
  /[{}]/.test(reason + remedy) || !/^(请|不必)/.test(remedy)
const codesOf = async (who: Asking, id: string) =>
  (await faultsOf(who, id)).map(({ row, code }) => [row, code])
const checked = (ids: readonly string[]) =>
  checker.post('/determinations/check', { ids, versions: Object.fromEntries(ids.map((id) => [id, 1])) })
const rowsOf = async (who: Asking, id: string, status: string) =>
  (
    (await who.get(`/imports/${id}/rows?status=${status}`)).body as { rows: { row: number; why: string }[] }
  ).rows.map(({ row, why }) => [row, why])

describe('new ones', () => {
  test('each row is a proposal of the uploader, in effect only when another person has checked it', async () => {
    const [poor, tiered] = [await world.family(3), await world.family(2)]
    const alone = await world.people(1)
    const [single = ['', '']] = alone.cells
    const importId = await loaded(clerk, [
      // 484.00 × 3 − 3 × 100.00
      line(poor.cells[1] ?? [], { program: '农村低保', income: '100', amount: '1152.00' }),
      line(tiered.cells[0] ?? [], { residence: '农村', tier: 'A档', amount: '600' }),
      line(single, { program: '特困', residence: '农', support: '分散', selfCare: '全护理', amount: '775' }),
      line(single, { program: '特困护理', support: '分散供养', selfCare: '全护理', amount: '846' }),
    ])
    const made = await madeBy(importId)

    expect(made.map(({ kind, status, madeBy: by }) => [kind, status, by])).toEqual(
      Array.from({ length: 4 }, () => ['initial', 'proposed', world.clerk.id]),
    )
    expect(made[0]?.content).toEqual(
      subsistence({
        persons: poor.ids.toSorted(),
        income: [{ kind: 'other', fen: 300_00 }],
        payee: { kind: 'person', id: poor.ids[1] },
      }),
    )
    expect(made[1]?.content).toMatchObject({
      method: { kind: 'tier', tier: 'A' },
      residence: 'rural',
      income: [],
    })
    const [personId] = alone.ids
    expect(made.slice(2).map(({ content }) => content)).toEqual([
      {
        ...{ residence: 'rural', support: 'home', selfCare: 'none', personId },
        payee: { kind: 'person', id: personId },
      },
      { ...{ support: 'home', selfCare: 'none', personId }, payee: { kind: 'person', id: personId } },
    ])
    const spans = async () =>
      (
        await db.pool.query('select 1 from benefits.determination_span where award_id = any ($1)', [
          made.map(({ awardId }) => awardId),
        ])
      ).rowCount
    expect(await spans()).toBe(0)
    const shown = async () =>
      ((await clerk.get(`/imports/${importId}`)).body as { proposals: object }).proposals
    expect(await shown()).toEqual({ waiting: 4, effective: 0, gone: 0 })

    expect(await checked(made.map(({ id }) => id))).toMatchObject({ status: 200, body: { effective: 4 } })
    expect(await spans()).toBe(4)
    expect(await shown()).toEqual({ waiting: 0, effective: 4, gone: 0 })
    expect(await rowsOf(clerk, importId, 'loaded')).toEqual([2, 3, 4, 5].map((row) => [row, '已生效']))
  })

  test('whoever loaded them does not check them, though they may check others', async () => {
    const { cells } = await world.family(1)
    const importId = await loaded(checker, [line(cells[0] ?? [], { residence: '农村', income: '0' })])
    const [made] = await madeBy(importId)

    expect(await checked([made?.id ?? ''])).toMatchObject({
      ...{ status: 403, body: { code: 'benefits.maker_is_checker' } },
    })
    expect((await madeBy(importId))[0]?.status).toBe('proposed')
  })

  test('a file that is uploaded again proposes nothing twice, before and after the check', async () => {
    const { cells } = await world.family(2)
    const rows = [line(cells[0] ?? [], { residence: '农村', income: '20' })]
    const [made] = await madeBy(await loaded(clerk, rows))
    const again = async () => {
      const id = await uploaded(clerk, rows)
      expect((await check(clerk, id)).batch.counts).toMatchObject({ known: 1, ready: 0, wrong: 0 })
      return rowsOf(clerk, id, 'known')
    }

    expect(await again()).toEqual([[2, '这份认定已提出、待复核，未重复提出']])
    expect(await checked([made?.id ?? ''])).toMatchObject({ status: 200 })
    expect(await again()).toEqual([[2, '这份认定已生效，未重复提出']])
  })
})

describe('who is cared for in an institution', () => {
  test('is paid to it; an institution that nobody knows, or none, is told', async () => {
    const { cells, ids } = await world.people(4)
    const names = ['北山镇敬老院', '两可敬老院', '两可敬老院']
    const { ids: bodies } = await world.does(world.bureau, commands.registerOrganisations, {
      organisations: names.map((fullName, index) => ({
        ...{ fullName, uscc: ['91350100M000100Y43', '91110000600037341L', '91440300708461136T'][index] },
        ...{ town: TOWN, village: '441882101200' },
      })),
    })
    const inside = { program: '特困', residence: '农村', support: '集中', selfCare: '全自理' }
    const rows = [
      { ...inside, institution: '北山镇敬老院' },
      { ...inside, institution: '无名敬老院' },
      { ...inside, institution: '两可敬老院' },
      inside,
    ].map((said, index) => line(cells[index] ?? [], said))
    const id = await uploaded(clerk, rows)
    await check(clerk, id)
    expect(await codesOf(clerk, id)).toEqual([
      [3, 'organisation_unknown'],
      [4, 'organisation_ambiguous'],
      [5, 'content_refused'],
    ])
    await load(clerk, id)
    const [made] = await madeBy(id)
    expect(made?.content).toEqual({
      ...{ residence: 'rural', support: 'institution', selfCare: 'full', personId: ids[0] },
      payee: { kind: 'organisation', id: bodies[0] },
    })
    const home = await uploaded(clerk, [
      line(cells[1] ?? [], { ...inside, support: '分散', institution: '北山镇敬老院' }),
    ])
    await check(clerk, home)
    expect(await codesOf(clerk, home)).toEqual([[2, 'content_refused']])

    expect(await checked([made?.id ?? ''])).toMatchObject({ status: 200 })
    const out = await loaded(clerk, [
      line(cells[0] ?? [], { program: '特困', act: '变更', from: '2020-06', support: '分散供养' }),
    ])
    expect((await madeBy(out))[0]?.content).toMatchObject({
      support: 'home',
      payee: { kind: 'person', id: ids[0] },
    })
  })
})

describe('of what is in force', () => {
  async function inForce(members = 2) {
    const family = await world.family(members)
    const persons = family.ids.toSorted()
    const content = subsistence({ persons, income: [{ kind: 'wage', fen: 200_00 }] })
    const awardId = await world.decided('subsistence_allowance', family.householdId, {
      from: '2020-04',
      content,
    })
    return { ...family, content, awardId }
  }

  test('a change keeps what the row does not say, an end ends it, and both are about the same award', async () => {
    const [changed, ended] = [await inForce(), await inForce()]
    const support = await world.people(1)
    const personId = support.ids[0] ?? ''
    const organisation = { kind: 'organisation', id: '00000000-0000-4000-8000-000000000001' }
    const cared = {
      residence: 'rural',
      support: 'institution',
      selfCare: 'full',
      personId,
      payee: organisation,
    }
    const supportId = await world.decided('extreme_poverty_support', personId, {
      from: '2020-04',
      content: cared,
    })
    const importId = await loaded(clerk, [
      line(changed.cells[0] ?? [], { act: '变更', from: '2020年5月', income: '50', amount: '868.00' }),
      // What it was stands beside it.
      line(ended.cells[0] ?? [], { act: '停发', from: '2020-05', income: '50', tier: 'A', amount: '868' }),
      line(support.cells[0] ?? [], { program: '特困供养', act: '调整', from: '2020-05', residence: '城镇' }),
    ])
    const made = await madeBy(importId)

    expect(made.map(({ awardId, kind }) => [awardId, kind])).toEqual([
      [changed.awardId, 'change'],
      [ended.awardId, 'end'],
      [supportId, 'change'],
    ])
    expect(made.map(({ content }) => content)).toEqual([
      { ...changed.content, income: [{ kind: 'other', fen: 100_00 }] },
      null,
      { ...cared, residence: 'urban' },
    ])
    expect(await checked(made.map(({ id }) => id))).toMatchObject({ status: 200, body: { effective: 3 } })

    const after = await uploaded(clerk, [
      line(ended.cells[0] ?? [], { act: '变更', from: '2020-06', income: '10' }),
      line(changed.cells[0] ?? [], { act: '变更', from: '2020-06', income: '50' }),
    ])
    await check(clerk, after)
    expect(await codesOf(clerk, after)).toEqual([
      [2, 'award_ended'],
      [3, 'decision_same'],
    ])
    // Who was ended comes back by a new award.
    const back = await loaded(clerk, [
      line(ended.cells[0] ?? [], { from: '2020-06', residence: '农村', income: '0' }),
    ])
    expect((await madeBy(back))[0]?.awardId).not.toBe(ended.awardId)
  })

  test('a change reaches as far as what it changes, and leaves what is decided of later months', async () => {
    const { cells, ids } = await world.people(1)
    const [personId = ''] = ids
    const payee = { kind: 'person', id: personId }
    const content = { residence: 'rural', support: 'home', selfCare: 'none', personId, payee }
    await world.decided('extreme_poverty_support', personId, { from: '2020-04', to: '2020-09', content })
    const importId = await loaded(clerk, [
      line(cells[0] ?? [], { program: '特困', act: '变更', from: '2020-06', selfCare: '半护理' }),
    ])
    const { rows } = await db.pool.query(
      `select to_char(upper(valid), 'YYYY-MM') as to from benefits.determination where id = $1`,
      [(await madeBy(importId))[0]?.id],
    )
    expect(rows).toEqual([{ to: '2020-09' }])
  })

  test('the old system list waits for its signature, then a new one goes on with its award', async () => {
    const { cells, householdId } = await world.family(1)
    const { takeoverId } = await world.does(world.bureau, commands.proposeTakeover, {
      awards: [
        {
          ...{ program: 'subsistence_allowance', holderKind: 'household', holderId: householdId, town: TOWN },
          ...{
            village: '441882101200',
            ledgerOpensMonth: '2020-02',
            lastPaidMonth: '2020-01',
            lastPaidFen: 484_00,
          },
        },
      ],
    })
    const rows = [line(cells[0] ?? [], { from: '2020-02', residence: '农村', income: '0' })]
    const early = [line(cells[0] ?? [], { from: '2020-01', residence: '农村', income: '0' })]
    const waiting = await uploaded(bureau, rows)
    await check(bureau, waiting)
    expect(await codesOf(bureau, waiting)).toEqual([[2, 'award_unsigned']])
    await world.does(world.checker, commands.signTakeover, { takeoverId })

    const before = await uploaded(bureau, early)
    await check(bureau, before)
    expect(await codesOf(bureau, before)).toEqual([[2, 'month_before_opens']])
    const [made] = await madeBy(await loaded(bureau, rows))
    const { rows: awards } = await db.pool.query('select id from benefits.award where holder_id = $1', [
      householdId,
    ])
    expect(awards).toEqual([{ id: made?.awardId }])
  })
})

describe('what is wrong with a row is said before anything is proposed', () => {
  test('by itself: who, what, when, why and what it says', async () => {
    const { cells } = await world.family(1)
    const who = cells[0] ?? []
    const good: Cells = { residence: '农村', income: '0' }
    const support: Cells = { program: '特困', residence: '农村', support: '分散', selfCare: '半护理' }
    const cases: [string, string[], string?][] = [
      [
        'id_number_check_digit',
        line([who[0] ?? '', `${who[1]?.slice(0, 17)}${who[1]?.endsWith('1') ? 2 : 1}`], good),
      ],
      ['program_missing', line(who, { ...good, program: '' })],
      ['program_unknown', line(who, { ...good, program: '高龄津贴' })],
      ['program_by_hand', line(who, { ...good, program: '临时救助' })],
      ['act_missing', line(who, { ...good, act: '' })],
      ['act_word', line(who, { ...good, act: '办理' })],
      ['act_by_hand', line(who, { ...good, act: '渐退' })],
      ['from_missing', line(who, { ...good, from: '' })],
      ['month_form', line(who, { ...good, from: '四月' })],
      ['from_too_far', line(who, { ...good, from: '2202-04' })],
      ['cause_missing', line(who, { ...good, cause: '' })],
      ['clause_missing', line(who, { ...good, clause: '' })],
      ['amount_form', line(who, { ...good, amount: '四百' })],
      ['value_word', line(who, { ...good, residence: '郊区' })],
      ['value_missing', line(who, { income: '0' })],
      ['value_missing', line(who, { residence: '农村' })],
      ['value_twice', line(who, { ...good, tier: 'A' })],
      ['value_not_of', line(who, { ...good, selfCare: '全自理' })],
      ['value_differs', line(who, { ...good, program: '城市低保' })],
      ['value_word', line(who, { ...support, selfCare: '二级' })],
      ['value_missing', line(who, { ...support, support: '' })],
      ['change_empty', line(who, { act: '变更' })],
      ['amount_negative', line(who, { residence: '农村', income: '-5' })],
    ]
    const id = await uploaded(
      clerk,
      cases.map(([, row]) => row),
    )
    await check(clerk, id)
    const faults = await faultsOf(clerk, id)

    const seen = faults.filter(
      ({ code }, index) => code !== 'value_missing' || faults[index - 1]?.row !== faults[index]?.row,
    )
    expect(seen.map(({ row, code }) => [row, code])).toEqual(cases.map(([code], index) => [index + 2, code]))
    expect(faults.filter(isUnclear)).toEqual([])
  })

  test('against the register, the law and what is decided already', async () => {
    const { cells: ok } = await world.family(2)
    const far = await world.people(1, FAR_VILLAGE)
    const lone = await world.people(1)
    const dead = await world.people(1)
    const bereaved = await world.family(2)
    const covered = await world.family(2)
    const inForce = await world.family(1)
    const undecided = await world.family(1)
    const waiting = await world.family(1)
    const grown = await world.family(2)
    const joined = await world.people(1)
    const good: Cells = { residence: '农村', income: '0' }
    const support: Cells = { program: '特困', residence: '农村', support: '分散', selfCare: '半护理' }
    const death = {
      kind: 'death',
      value: { on: '2020-03-01' },
      from: '2020-03-01',
      to: null,
      source: '死亡登记',
    }
    await world.does(world.bureau, commands.recordFacts, {
      facts: [dead.ids[0], bereaved.ids[1]].map((personId) => ({ ...death, personId })),
    })
    const own = (ids: readonly string[]) => subsistence({ persons: ids.toSorted() })
    await world.decided('extreme_poverty_support', covered.ids[1] ?? '', {
      from: '2020-04',
      content: {
        ...{ residence: 'rural', support: 'home', selfCare: 'full', personId: covered.ids[1] },
        payee: { kind: 'person', id: covered.ids[1] },
      },
    })
    for (const { householdId, ids } of [inForce, grown])
      await world.decided('subsistence_allowance', householdId, { from: '2020-04', content: own(ids) })
    await world.does(world.bureau, commands.addMember, {
      householdId: grown.householdId,
      personId: joined.ids[0],
      relation: 'child',
      from: '2020-03-01',
    })
    await loaded(clerk, [line(waiting.cells[0] ?? [], { ...good, income: '10' })])
    await world.does(world.bureau, commands.openAwards, {
      awards: [
        {
          ...{ program: 'subsistence_allowance', holderKind: 'household', holderId: undecided.householdId },
          ...{ town: TOWN, village: '441882101200', ledgerOpensMonth: '2020-04' },
        },
      ],
    })
    const nobody = ['张某', idNumberOf(990_001)]
    const cases: [string, string[]][] = [
      ['person_unknown', line(nobody, good)],
      ['person_outside', line(far.cells[0] ?? [], { ...support })],
      ['name_differs', line(['李某', ok[0]?.[1] ?? ''], good)],
      ['household_unknown', line(lone.cells[0] ?? [], good)],
      ['person_dead', line(dead.cells[0] ?? [], support)],
      ['member_dead', line(bereaved.cells[0] ?? [], good)],
      ['covered_elsewhere', line(covered.cells[0] ?? [], good)],
      ['award_in_force', line(inForce.cells[0] ?? [], { ...good, from: '2020-05' })],
      ['month_before_decided', line(inForce.cells[0] ?? [], { act: '变更', from: '2020-03', income: '20' })],
      ['content_refused', line(grown.cells[0] ?? [], { act: '变更', from: '2020-05', income: '20' })],
      ['award_undecided', line(undecided.cells[0] ?? [], { act: '终止', from: '2020-05' })],
      ['award_missing', line(lone.cells[0] ?? [], { program: '特困', act: '终止', from: '2020-05' })],
      ['decision_waiting', line(waiting.cells[0] ?? [], good)],
      ['month_too_early', line(ok[0] ?? [], { ...good, from: '2020-03' })],
      ['decision_repeated', line(ok[1] ?? [], good)],
      [
        'rate_missing',
        line(lone.cells[0] ?? [], { program: '特困护理', support: '分散', selfCare: '全自理' }),
      ],
      ['amount_differs', line(lone.cells[0] ?? [], { ...support, amount: '800' })],
    ]
    const id = await uploaded(
      clerk,
      cases.map(([, row]) => row),
    )
    const { batch } = await check(clerk, id)
    const faults = await faultsOf(clerk, id)

    expect(faults.map(({ row, code }) => [row, code])).toEqual(
      cases.map(([code], index) => [index + 2, code]),
    )
    expect(faults.filter(isUnclear)).toEqual([])
    expect(batch.counts).toMatchObject({ ready: 0, wrong: cases.length })
    const told = Object.fromEntries(faults.map(({ code, reason }) => [code, reason]))
    expect(told).toMatchObject({
      ...{
        month_too_early: '自作出决定的次月起发放，最早 2020-04',
        person_outside: '该人员属南水镇，不在您负责的地区',
      },
      ...{
        amount_differs: '按标准和本行内容应为每月 775.00 元',
        decision_waiting: '已有 2020-04 起的认定待复核',
      },
    })
  })

  test('an income that is not below the standard, and a tier that the law does not know', async () => {
    const [rich, tiered] = [await world.family(1), await world.family(1)]
    const id = await uploaded(clerk, [
      line(rich.cells[0] ?? [], { residence: '农村', income: '484' }),
      line(tiered.cells[0] ?? [], { residence: '农村', tier: 'Z' }),
    ])
    await check(clerk, id)
    const faults = await faultsOf(clerk, id)
    expect(faults.map(({ row, code }) => [row, code])).toEqual([
      [2, 'refused'],
      [3, 'rate_missing'],
    ])
    expect(faults[0]?.reason).toContain('不低于当地低保标准（484.00 元/人月）')
  })

  test('dead people are ended: nothing more is asked of whoever is gone', async () => {
    const { ids, cells } = await world.people(1)
    const [personId = ''] = ids
    const content = {
      residence: 'rural',
      support: 'home',
      selfCare: 'full',
      personId,
      payee: { kind: 'person', id: personId },
    }
    await world.decided('extreme_poverty_support', personId, { from: '2020-04', content })
    await world.does(world.bureau, commands.recordFacts, {
      facts: [
        {
          personId,
          kind: 'death',
          value: { on: '2020-03-02' },
          from: '2020-03-02',
          to: null,
          source: '死亡登记',
        },
      ],
    })
    const importId = await loaded(clerk, [
      line(cells[0] ?? [], { program: '特困', act: '终止', from: '2020-05' }),
    ])
    expect((await madeBy(importId)).map(({ kind, content: said }) => [kind, said])).toEqual([['end', null]])
  })

  test('what happened between check and load keeps its row out, and no other', async () => {
    const families = [await world.family(1), await world.family(1), await world.family(1)]
    const rows = families.map(({ cells }) => line(cells[0] ?? [], { residence: '农村', income: '0' }))
    const id = await uploaded(clerk, rows)
    await check(clerk, id)
    await loaded(bureau, [line(families[1]?.cells[0] ?? [], { residence: '农村', income: '7' })])

    expect((await load(clerk, id)).batch.counts).toMatchObject({ loaded: 2, wrong: 1, ready: 0 })
    expect((await faultsOf(clerk, id)).map(({ row, code, reason }) => [row, code, reason])).toEqual([
      [3, 'refused', expect.stringContaining('已有 2020-04 起的认定待复核')],
    ])
  })
})

describe('undoing', () => {
  test('takes back what waits, leaves what was checked and says so; the same file may come again', async () => {
    const families = [await world.family(1), await world.family(1), await world.family(1)]
    const rows = families.map(({ cells }) => line(cells[0] ?? [], { residence: '农村', income: '0' }))
    const importId = await loaded(clerk, rows)
    const made = await madeBy(importId)
    expect(await checked([made[0]?.id ?? ''])).toMatchObject({ status: 200 })
    await checker.post(`/determinations/${made[1]?.id}/refuse`, { why: '材料不全' })

    expect((await undo(clerk, importId)).batch.counts).toMatchObject({ undone: 2, kept: 1 })
    expect(await rowsOf(clerk, importId, 'kept')).toEqual([[2, '已由第二人复核，认定已生效']])
    expect((await madeBy(importId)).map(({ status }) => status)).toEqual(['effective', 'refused', 'refused'])
    const again = await uploaded(clerk, rows)
    expect((await check(clerk, again)).batch.counts).toMatchObject({ known: 1, ready: 2 })
    await load(clerk, again)
    // No second award: the one whose proposal was taken back is gone on with.
    expect((await madeBy(again)).map(({ awardId }) => awardId)).toEqual(
      made.slice(1).map(({ awardId }) => awardId),
    )
  })

  test('of a colleague takes nothing back: who proposed it does, or who checks refuses it', async () => {
    const { cells } = await world.family(1)
    const importId = await loaded(clerk, [line(cells[0] ?? [], { residence: '农村', income: '0' })])

    expect((await undo(bureau, importId)).batch.counts).toMatchObject({ undone: 0, kept: 1 })
    expect(await rowsOf(bureau, importId, 'kept')).toEqual([
      [2, '待复核，只有提出人能撤回；不同意的请由复核人退回'],
    ])
    expect((await madeBy(importId))[0]?.status).toBe('proposed')
    expect((await undo(clerk, importId)).batch.counts).toMatchObject({ undone: 1, kept: 0 })
  })
})

describe('templates', () => {
  test('of every kind: all its columns are found by themselves, and how to fill them stands beside', async () => {
    const permissions = permissionsOf('section_clerk', 'funds_clerk')
    const loader = await asking(db, http, COUNTY, { login: 'both_desks', permissions })
    for (const [key, { fields }] of importKinds) {
      const { status, bytes } = await loader.get(`/import-templates/${key}`)
      expect(status).toBe(200)
      const { columns = {} } = findHeader(await readSheet(bytes), fields) ?? {}
      expect(columns).toEqual(Object.fromEntries(fields.map((field, index) => [field.key, index])))
      expect(missingFields(columns, fields)).toEqual([])
    }
    const book = new ExcelJS.Workbook()
    const { bytes } = await clerk.get('/import-templates/decisions')
    await book.xlsx.load(new Uint8Array(bytes).buffer)
    const notes = book.worksheets[1]?.getColumn(3).values.map(String).join('\n')
    expect(notes).toContain('可填：全自理、半自理、全护理')
  })

  test('are for whoever may load that list', async () => {
    const refused = { status: 403, body: { code: 'platform.permission_missing' } }
    const reader = await asking(db, http, COUNTY, { login: 'reader', permissions: ['imports.batch.read'] })
    expect(await reader.get('/import-templates/people')).toMatchObject(refused)
    expect(await clerk.get('/import-templates/rolls')).toMatchObject(refused)
    expect(await clerk.get('/import-templates/ghosts')).toMatchObject({
      body: { code: 'imports.kind_unknown' },
    })
    const neighbour = await asking(db, http, COUNTY, world.neighbour)
    expect(await neighbour.get('/import-templates/people')).toMatchObject({ status: 403 })
  })
})

test('whoever may not propose may not upload a list of proposals', async () => {
  const permissions = ['imports.batch.read', 'imports.batch.load', 'benefits.award.open']
  const loader = await asking(db, http, COUNTY, { login: 'loader', permissions })
  expect(
    await loader.post('/imports', { kind: 'decisions', fileName: 'a.csv', base64: base64('姓名') }),
  ).toMatchObject({
    ...{ status: 403, body: { code: 'platform.permission_missing' } },
  })
})

test('two who load the same people at the same moment open each award once', async () => {
  const { ids, cells } = await world.people(50)
  const rows = cells.map(([fullName, idNumber], index) => ({
    ...{
      row: index + 2,
      fullName,
      idNumber,
      program: 'extreme_poverty_support',
      act: 'initial',
      from: '2020-04',
    },
    ...{ cause: '申请', clause: '清民救〔2020〕7号', amountFen: null },
    said: { residence: 'rural', support: 'home', selfCare: 'partial' },
  }))
  const options = { columns: {}, on: '2020-03-10', bankCode: '', source: '名册' }
  const loading = command({
    ...{ event: 'imports.batch.part_loaded', permission: 'imports.batch.load', input: z.object({}) },
    run: async (ctx: Ctx) => importKinds.get('decisions')?.load(ctx, rows, options),
    subject: () => ({}),
  })
  const done = await Promise.all(
    [world.clerk, world.bureau].map((actor) =>
      execute(db.deps, loading, { actor, county: COUNTY, input: {} }),
    ),
  )

  expect(
    done.map((each) => [...(each?.values() ?? [])].filter(({ why }) => why === null).length).toSorted(),
  ).toEqual([0, 50])
  const { rowCount } = await db.pool.query('select 1 from benefits.award where holder_id = any ($1)', [ids])
  expect(rowCount).toBe(50)
})

test('2,000 rows are checked, loaded and undone', async () => {
  const cells = [...(await world.people(1000)).cells, ...(await world.people(1000)).cells]
  const rows = cells.map((who) =>
    line(who, { program: '特困', residence: '农村', support: '分散', selfCare: '半护理' }),
  )
  const importId = await loaded(clerk, rows)
  expect((await madeBy(importId)).filter(({ status }) => status === 'proposed')).toHaveLength(2000)
  expect((await undo(clerk, importId)).batch.counts).toMatchObject({ undone: 2000, kept: 0 })
})
