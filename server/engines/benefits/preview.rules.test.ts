import { describe, expect, test } from 'vitest'
import { rate } from '../../../test/rates.ts'
import { invalid } from '../../platform/errors.ts'
import type { AwardInPage, Grant } from './preview.db.ts'
import { bucketsOf, effectOf, type PreviewQuestion } from './preview.rules.ts'
import { programs } from '../../app.ts'
import { rateBook, type RatesOf } from './index.ts'
import { readPolicy } from './policy.rules.ts'
import { layOver } from './standard.rules.ts'

const COUNTY = '441882'
const PERSON = '11111111-1111-4111-8111-111111111111'
const AWARD: AwardInPage = {
  ...{ id: '22222222-2222-4222-8222-222222222222', program: 'subsistence_allowance' },
  ...{ opensMonth: '2020-01', town: null, village: null },
}
const KEY = 'subsistence_allowance.standard'

function book(yuan: string): RatesOf {
  return rateBook(COUNTY, [rate(KEY, { residence: 'rural' }, { yuan })], [])
}

const missing: RatesOf = {
  ...book('1.00'),
  amount: () => {
    throw invalid('benefits.rate_missing', '没有标准')
  },
}

function grant(incomeFen: number, rest: Partial<Grant> = {}): Grant {
  const content = {
    ...{ residence: 'rural', members: [PERSON], covered: [PERSON], unit: 'household', deductions: [] },
    ...{ income: [{ kind: 'wage', fen: incomeFen }], method: { kind: 'differential' }, supplements: [] },
    payee: { kind: 'person', id: PERSON },
  }
  return {
    awardId: AWARD.id,
    determinationId: AWARD.id,
    fromMonth: '2020-01',
    toMonth: null,
    content,
    ...rest,
  }
}

function ask(rates: RatesOf, newRates: RatesOf, rest: Partial<PreviewQuestion> = {}) {
  const program = programs.get('subsistence_allowance')
  if (!program) throw new Error('the programme is gone')
  const facts = { bornOn: () => undefined }
  return {
    program,
    rates,
    newRates,
    facts,
    month: '2020-06',
    arrearsMonths: [],
    isSame: () => false,
    ...rest,
  }
}

describe('one award', () => {
  test.each([
    ['gained', 100_00, '484.00', '580.00', 96_00],
    ['lost', 100_00, '580.00', '484.00', -96_00],
    ['leaving', 480_00, '484.00', '480.00', -4_00],
    ['entering', 484_00, '484.00', '580.00', 96_00],
    ['unchanged', 100_00, '484.00', '484.00', 0],
  ])('is %s', (kind, income, before, after, fen) => {
    expect(effectOf(AWARD, [grant(income)], ask(book(before), book(after)))).toMatchObject({ kind, fen })
  })

  test('is unknown where the standard is missing, before or after', () => {
    const unknown = { kind: 'unknown', fen: 0 }
    expect(effectOf(AWARD, [grant(0)], ask(missing, book('580.00')))).toMatchObject(unknown)
    expect(effectOf(AWARD, [grant(0)], ask(book('484.00'), missing))).toMatchObject(unknown)
  })

  test.each([
    ['gets nothing before or after', [grant(900_00)], {}],
    ['is granted nothing in these months', [grant(0, { toMonth: '2020-02' })], {}],
    ['opens later', [grant(0)], { opensMonth: '2020-07' }],
  ])('that %s does not count', (_, grants, award) => {
    const asked = ask(book('484.00'), book('580.00'))
    expect(effectOf({ ...AWARD, ...award }, grants, asked)).toBeUndefined()
  })

  test('is paid later for settled months of its own, not for those before its ledger opens', () => {
    const months = { arrearsMonths: ['2019-12', '2020-01', '2020-02', '2020-03'] }
    const grants = [
      grant(0, { fromMonth: '2019-01', toMonth: '2020-02' }),
      grant(100_00, { fromMonth: '2020-03' }),
    ]
    const effect = effectOf(AWARD, grants, ask(book('484.00'), book('580.00'), months))

    // January and March; in February nothing was granted.
    expect(effect?.arrears).toEqual({ fen: 2 * 96_00, lines: 2 })
    expect(effect?.recoveries).toEqual({ fen: 0, lines: 0 })
  })
})

describe('changes in stretches', () => {
  const changes = (fens: readonly number[]) => new Map(fens.map((fen) => [fen, { awards: 1, people: 2 }]))

  test('few stay as they are', () => {
    expect(bucketsOf(changes([9600, -5000]))).toEqual([
      { from: -5000, to: -5000, awards: 1, people: 2 },
      { from: 9600, to: 9600, awards: 1, people: 2 },
    ])
  })

  test.each([13, 100, 5000])(
    '%i are joined to twelve, nobody is lost, losses and gains stay apart',
    (count) => {
      const fens = Array.from({ length: count }, (_, index) => (index - Math.floor(count / 3)) * 37 + 1)
      const buckets = bucketsOf(changes(fens))

      expect(buckets).toHaveLength(12)
      expect(buckets.reduce((sum, { awards }) => sum + awards, 0)).toBe(count)
      expect(buckets.reduce((sum, { people }) => sum + people, 0)).toBe(2 * count)
      for (const [index, { from, to }] of buckets.entries()) {
        expect(from < 0).toBe(to < 0)
        expect(from).toBeGreaterThan(buckets[index - 1]?.to ?? -Infinity)
      }
    },
  )
})

describe('a draft laid over the law', () => {
  const law = {
    rates: [
      rate(KEY, { residence: 'rural' }, { yuan: '484.00' }),
      rate(KEY, { residence: 'urban' }, { yuan: '702.00' }),
      rate(KEY, { residence: 'rural' }, { yuan: '400.00' }, { area: '44' }),
    ],
    settings: [],
  }
  const over = (from: string, to: string | null) =>
    layOver(
      law,
      readPolicy(
        JSON.stringify({
          ...{ format: 'minben-policy/1', area: COUNTY, title: '测试', recordedOn: '2020-03-01' },
          basis: [{ id: 'b1', title: '文件', clause: '第二条' }],
          rates: [
            {
              ...{ program: 'subsistence_allowance', item: 'standard', when: { residence: 'rural' } },
              ...{ yuan: '580.00', per: 'person_month', from, to, basis: 'b1' },
            },
          ],
        }),
      ),
    ).rates.map(({ area, whenKey, fen, fromMonth, toMonth }) => [area, whenKey, fen, fromMonth, toMonth])

  test.each([
    ['from a month on', '2020-01', null, [[48_400, '2019-01', '2020-01']]],
    ['for some months', '2020-01', '2020-03', [[48_400, '2019-01', '2020-01'], [48_400, '2020-04', null]]], // prettier-ignore
    ['before it', '2018-01', '2018-12', [[48_400, '2019-01', null]]],
    ['instead of it', '2018-01', null, []],
  ])('%s leaves the rest, and the law of others', (_, from, to, rest) => {
    const left = rest.map(([fen, start, end]) => [COUNTY, 'residence=rural', fen, start, end])
    const own = [
      COUNTY,
      'residence=rural',
      58_000,
      from,
      to === null ? null : to === '2018-12' ? '2019-01' : '2020-04',
    ]

    expect(over(from, to)).toEqual([
      ...left,
      [COUNTY, 'residence=urban', 70_200, '2019-01', null],
      ['44', 'residence=rural', 40_000, '2019-01', null],
      own,
    ])
  })
})
