import { describe, expect, test } from 'vitest'
import { rate, setting } from '../../../test/rates.ts'
import { isLawSteady } from './run-law.rules.ts'

const KEY = 'subsistence_allowance.standard'
const standard = (from: string, to: string | null, per?: 'person_year') =>
  rate(KEY, {}, per ? { yuan: '1000.00', per } : { yuan: '580.00' }, { from, to })
const rounding = (from: string, to: string | null) =>
  setting('subsistence_allowance.rounding', 'up_yuan', { from, to })

describe('last month holds again only under the same law', () => {
  test.each([
    ['nothing begins or ends', [standard('2019-01', null)], [], '2020-02', true],
    ['a rate begins this month', [standard('2020-02', null)], [], '2020-02', false],
    ['a rate began last month', [standard('2020-01', null)], [], '2020-02', true],
    ['a rate begins next month', [standard('2020-03', null)], [], '2020-02', true],
    ['a rate ended with last month', [standard('2019-01', '2020-02')], [], '2020-02', false],
    ['a rate ends with this month', [standard('2019-01', '2020-03')], [], '2020-02', true],
    ['a rate ended the month before last', [standard('2019-01', '2020-01')], [], '2020-02', true],
    ['a setting begins on the first of this month', [], [rounding('2020-02-01', null)], '2020-02', false],
    ['a setting begins within last month', [], [rounding('2020-01-02', null)], '2020-02', false],
    ['a setting began on the first of last month', [], [rounding('2020-01-01', null)], '2020-02', true],
    ['a setting begins on the second of this month', [], [rounding('2020-02-02', null)], '2020-02', true],
    [
      'a setting ended on the first of this month',
      [],
      [rounding('2019-01-01', '2020-02-01')],
      '2020-02',
      false,
    ],
    ['a yearly amount in November', [standard('2019-01', null, 'person_year')], [], '2020-11', true],
    ['a yearly amount in December', [standard('2019-01', null, 'person_year')], [], '2020-12', false],
    ['a yearly amount in January', [standard('2019-01', null, 'person_year')], [], '2021-01', false],
    ['a yearly amount in February', [standard('2019-01', null, 'person_year')], [], '2021-02', true],
    ['a monthly amount in December', [standard('2019-01', null)], [], '2020-12', true],
  ] as const)('%s', (_, rates, settings, month, isSteady) => {
    const previous =
      month === '2021-01'
        ? '2020-12'
        : `${month.slice(0, 5)}${String(Number(month.slice(5)) - 1).padStart(2, '0')}`

    expect(isLawSteady({ rates: [...rates], settings: [...settings] }, previous, month)).toBe(isSteady)
  })
})
