import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { benefitsWorld, people, standards, subsistence, type BenefitsWorld } from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import calendarFile from '../../platform/seed/working-calendar.json' with { type: 'json' }
import { deadlineInWorkingDays, workingCalendar } from '../../platform/working-days.ts'

let db: TestDb
let world: BenefitsWorld

const perMonth = (program: string, item: string, when: object, yuan: string) => ({
  ...{ program, item, when, yuan, per: 'person_month', from: '2020-01', basis: 'b1' },
})

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-02T01:00:00Z' } })
  world = await benefitsWorld(db)
  const rates = [
    perMonth('extreme_poverty_support', 'base', { residence: 'urban' }, '1292.00'),
    perMonth('extreme_poverty_support', 'base', { residence: 'rural' }, '928.00'),
    perMonth('extreme_poverty_care', 'care', { selfCare: 'none' }, '846.00'),
  ]
  await world.law(standards({ urban: '807.00', rural: '580.00', rates }))
})
afterAll(() => db.close())

const supported = (personId: string) => ({
  ...{
    residence: 'urban',
    support: 'home',
    selfCare: 'none',
    personId,
    payee: { kind: 'person', id: personId },
  },
})

async function allowance(persons: string[], rest: object = {}) {
  const award = await world.award('subsistence_allowance')
  await world.decide(award, { from: '2020-01', content: subsistence({ persons, ...rest }) })
  return award
}

describe('#3 nobody holds the allowance and support of the destitute together', () => {
  test('support for a person on the allowance is refused by the database, and granted once the allowance has ended', async () => {
    const [person = ''] = people(1)
    const held = await allowance([person])
    const support = await world.award('extreme_poverty_support', { holderId: person })

    const early = world.decide(support, { from: '2020-03', content: supported(person) })
    await expect(early).rejects.toMatchObject({ code: 'benefits.person_covered_elsewhere' })

    await world.decide(held, { kind: 'end', outcome: 'end', from: '2020-03' })
    await world.decide(support, { from: '2020-03', content: supported(person) })
  })

  test.each([
    ['2020-04', false],
    ['2020-05', true],
  ])('support from %s, the allowance ending with April: accepted %s', async (from, isAccepted) => {
    const [person = ''] = people(1)
    const held = await allowance([person])
    await world.decide(held, { kind: 'end', outcome: 'end', from: '2020-05' })
    const support = await world.award('extreme_poverty_support', { holderId: person })

    const decided = world.decide(support, { from, content: supported(person) })

    if (isAccepted) await decided
    else await expect(decided).rejects.toMatchObject({ code: 'benefits.person_covered_elsewhere' })
  })

  test('care goes with support: it is a programme of its own', async () => {
    const [person = ''] = people(1)
    for (const program of ['extreme_poverty_support', 'extreme_poverty_care']) {
      const award = await world.award(program, { holderId: person })
      await world.decide(award, { from: '2020-01', content: supported(person) })
    }
  })

  test('the row behind it: a second coverage of the person violates coverage_one_programme', async () => {
    const [person = ''] = people(1)
    await allowance([person])

    const second = db.pool.query(
      `insert into benefits.coverage (county, id, span_id, award_id, person_id, exclusive_key, valid, recorded_at)
       select county, gen_random_uuid(), span_id, award_id, person_id, exclusive_key, valid, recorded_at
         from benefits.coverage where person_id = $1`,
      [person],
    )

    await expect(second).rejects.toThrow('coverage_one_programme')
  })

  test('paid from the month after the decision: 1 292.00 and 846.00 in January, nothing in December', async () => {
    await world.at('2019-12-30T01:00:00Z')
    const [person = ''] = people(1)
    const award = await world.award('extreme_poverty_support', { opens: '2019-12', holderId: person })

    const early = world.decide(award, { from: '2019-12', content: supported(person) })
    await expect(early).rejects.toMatchObject({
      code: 'benefits.pays_too_early',
      details: expect.objectContaining({ earliest: '2020-01' }),
    })
    await world.decide(award, { from: '2020-01', content: supported(person) })
    const run = await world.run('2020-01')

    expect((await world.linesOf(run.runNo)).filter((line) => line.award === award)).toMatchObject([
      { month: '2020-01', fen: 129_200 },
    ])
  })
})

describe('#16 single-person unit', () => {
  const alone = (personId: string, rest: object = {}) =>
    subsistence({
      residence: 'urban',
      persons: [personId],
      unit: 'single_person',
      unitReason: 'severe_illness',
      ...rest,
    })

  test('one person of a household that is not on the allowance gets the whole standard', async () => {
    const [person = ''] = people(1)
    const award = await world.award('subsistence_allowance')
    await world.decide(award, { from: '2020-02', content: alone(person) })
    const run = await world.run('2020-02')

    expect((await world.linesOf(run.runNo)).filter((line) => line.award === award)).toMatchObject([
      { fen: 80_700 },
    ])
  })

  test('it is refused when the whole household already holds the allowance', async () => {
    const [first = '', second = ''] = people(2)
    await allowance([first, second])
    const award = await world.award('subsistence_allowance')

    await expect(world.decide(award, { from: '2020-03', content: alone(first) })).rejects.toMatchObject({
      code: 'benefits.person_covered_elsewhere',
    })
  })

  test.each([
    ['no ground', { unitReason: undefined }],
    ['a ground that the law does not know', { unitReason: 'convenience' }],
  ])('%s is refused', async (_, rest) => {
    const [person = ''] = people(1)
    const award = await world.award('subsistence_allowance')

    await expect(
      world.propose(award, { from: '2020-03', content: alone(person, rest) }),
    ).rejects.toMatchObject({
      code: 'benefits.content_invalid',
    })
  })

  test('two persons are no single-person unit', async () => {
    const persons = people(2)
    const award = await world.award('subsistence_allowance')
    const content = subsistence({ persons, unit: 'single_person', unitReason: 'clergy' })

    await expect(world.propose(award, { from: '2020-03', content })).rejects.toMatchObject({
      code: 'benefits.content_invalid',
    })
  })
})

describe('#21 gradual exit', () => {
  const exit = (from: string, to: string | null) => ({
    ...{ kind: 'gradual_exit' as const, from, to },
    content: subsistence({
      persons: people(1),
      gradualExit: true,
      income: [{ kind: 'wage', fen: 200_000, disregard: '渐退期' }],
    }),
  })

  test.each([
    ['2020-09', true],
    ['2020-10', false],
    [null, false],
  ])('from March until %s: accepted %s', async (to, isAccepted) => {
    const award = await allowance(people(1))

    const decided = world.decide(award, exit('2020-03', to))

    if (isAccepted) await decided
    else await expect(decided).rejects.toMatchObject({ code: 'benefits.gradual_exit_too_long' })
  })

  test('two exits one after the other count as one: 4 + 2 months are accepted, 4 + 3 refused', async () => {
    const award = await allowance(people(1))
    await world.decide(award, exit('2020-03', '2020-07'))

    await expect(world.decide(award, exit('2020-07', '2020-10'))).rejects.toMatchObject({
      code: 'benefits.gradual_exit_too_long',
    })
    await world.decide(award, exit('2020-07', '2020-09'))
  })

  test('an end keeps its reason and clause and fixes the last month paid', async () => {
    const award = await allowance(people(1))
    await world.decide(award, { kind: 'end', outcome: 'end', from: '2020-03', clause: '第32条' })

    const { rows } = await db.pool.query(
      `select cause, clause, to_char(lower(valid), 'YYYY-MM') as "from" from benefits.determination where award_id = $1 and outcome = 'end'`,
      [award],
    )
    expect(rows).toEqual([{ cause: '测试', clause: '第32条', from: '2020-03' }])
    const march = await world.run('2020-03')
    expect((await world.linesOf(march.runNo)).filter((line) => line.award === award)).toMatchObject([
      { month: '2020-01', fen: 58_000 },
      { month: '2020-02', fen: 58_000 },
    ])
  })
})

test('#1 807.00 a head is refused and 806.99 accepted when the decision is checked', async () => {
  const award = await world.award('subsistence_allowance')
  const content = (incomeFen: number) => subsistence({ residence: 'urban', persons: people(1), incomeFen })

  await expect(world.decide(award, { from: '2020-04', content: content(80_700) })).rejects.toMatchObject({
    code: 'social_assistance.income_not_below_standard',
  })
  await world.decide(award, { from: '2020-04', content: content(80_699) })
})

test('a deadline of 2026 is counted with the calendar of 2026, and refused without it', () => {
  const whole = workingCalendar(calendarFile)
  const cut = workingCalendar({
    ...calendarFile,
    years: calendarFile.years.filter(({ year }) => year !== 2026),
  })

  // 2026-02-12 is a Thursday: 13 and the worked Saturday 14 are days 1 and 2, the 15th to 23rd are holidays, the 24th is day 3.
  expect(deadlineInWorkingDays(whole, '2026-02-12', 3)).toBe('2026-02-24')
  expect(() => deadlineInWorkingDays(cut, '2026-02-12', 3)).toThrowError(
    expect.objectContaining({ code: 'platform.calendar_missing' }),
  )
})
