import { describe, expect, test } from 'vitest'
import { book, noFacts, setting } from '../../../test/rates.ts'
import { TemporaryContent } from './content.schema.ts'
import {
  assessTemporaryAssistance,
  decidingLevelOf,
  temporaryLevel,
  townshipLimitFen,
  townshipLimitOf,
} from './temporary-assistance.rules.ts'

const PERSONS = Array.from({ length: 5 }, (_, n) => `00000000-0000-4000-8000-00000000000${n}`)
const law = book([], [setting('temporary_assistance.township_limit_yuan', '1500.00', { from: '2019-10-01' })])

const content = (rest: object = {}) =>
  TemporaryContent.parse({
    ...{ amountFen: 150_000, persons: PERSONS.slice(0, 1), kind: 'urgent', registeredPoor: false },
    ...{ payee: { kind: 'person', id: PERSONS[0] } },
    ...rest,
  })

describe('#8 who decides', () => {
  test.each([
    // 580 × 1 × 3 = 1 740
    [174_000, 'county'],
    // 500 × 3 = 1 500, the limit included
    [150_000, 'township'],
    [150_001, 'county'],
    [149_999, 'township'],
  ])('%i fen: the %s', (amountFen, level) => {
    expect(decidingLevelOf(amountFen, 150_000)).toBe(level)
    expect(
      temporaryLevel(content({ amountFen }), { rates: law, from: '2020-03', decidedOn: '2020-03-05' }),
    ).toBe(level)
  })

  test('the limit holds from 2019-10-01; the day before has none and is not guessed', () => {
    expect(townshipLimitFen(law, '2019-10-01')).toBe(150_000)
    expect(() => townshipLimitFen(law, '2019-09-30')).toThrowError(
      expect.objectContaining({ code: 'social_assistance.township_limit_missing' }),
    )
  })
})

const limit = (value: string, part: object = {}) => ({
  ...{ id: '', recordedAt: '2020-01-01T00:00:00.000000Z', area: '441882', value, basis: '通知' },
  ...{ program: 'temporary_assistance', key: 'township_limit_yuan' },
  ...{ fromDay: '2019-10-01', toDay: null, ...part },
})

test.each([
  ['none is set', [], undefined],
  ['the day before it holds', [limit('1500.00', { fromDay: '2020-03-06' })], undefined],
  ['its first day', [limit('1500.00', { fromDay: '2020-03-05' })], 150_000],
  ['the day after its last', [limit('1500.00', { toDay: '2020-03-05' })], undefined],
  ['the county’s own before the province’s', [limit('800.00', { area: '44' }), limit('1500.00')], 150_000],
  ['another setting', [limit('1500.00', { key: 'other' })], undefined],
])('the limit shown on 2020-03-05: %s', (_, settings, fen) => {
  expect(townshipLimitOf(book([], settings), '2020-03-05')?.fen).toBe(fen)
})

test('#9 a family of five gets 3 000.00 as one amount: five shares of 600.00', () => {
  const assessed = assessTemporaryAssistance(
    content({ amountFen: 300_000, persons: PERSONS, event: 'stranded_by_epidemic' }),
    noFacts,
    law,
    '2020-03',
  )

  expect(assessed).toMatchObject({ fen: 300_000, category: 'other' })
  expect(assessed.shares).toEqual(PERSONS.map((id) => [id, 60_000]))
})

test('#7 relief first is for the urgent kind', () => {
  expect(TemporaryContent.safeParse({ ...content(), kind: 'urgent', reliefFirst: true }).success).toBe(true)
  expect(TemporaryContent.safeParse({ ...content(), kind: 'expenditure', reliefFirst: true }).success).toBe(
    false,
  )
})

test.each([
  ['nothing', { amountFen: 0 }],
  ['half a fen', { amountFen: 0.5 }],
  ['nobody', { persons: [] }],
  ['the same person twice', { persons: [PERSONS[0], PERSONS[0]] }],
])('aid of %s is refused', (_, part) => {
  expect(TemporaryContent.safeParse({ ...content(), ...part }).success).toBe(false)
})
