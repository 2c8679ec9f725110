import { describe, expect, test } from 'vitest'
import { areaFault, areaRefused, faultText, type AreaStretch } from './area-in-force.rules.ts'

const NAMES: Record<string, string> = {
  '441882101201': '上村',
  '441882101202': '中村',
  '441882101203': '下村',
  '441882101': '北山镇',
}
const UPPER = '441882101201'
const MIDDLE = '441882101202'
const LOWER = '441882101203'

function stretch(code: string, from: string | null, to: string | null, mergedInto: string | null = null) {
  return { code, name: NAMES[code] ?? '某村', from, to, mergedInto } satisfies AreaStretch
}

describe('an area is in force from its first day until the day before the day it ends', () => {
  test.each<[string, AreaStretch[], string, string | undefined]>([
    ['since ever and open', [stretch(UPPER, null, null)], '2020-06-30', undefined],
    ['the day before it begins', [stretch(UPPER, '2020-07-01', null)], '2020-06-30', 'not_yet'],
    ['the day it begins', [stretch(UPPER, '2020-07-01', null)], '2020-07-01', undefined],
    ['its last day', [stretch(UPPER, null, '2020-07-01')], '2020-06-30', undefined],
    ['the day it ends', [stretch(UPPER, null, '2020-07-01')], '2020-07-01', 'ended'],
    [
      'a code used again',
      [stretch(UPPER, null, '2020-07-01'), stretch(UPPER, '2021-01-01', null)],
      '2021-01-01',
      undefined,
    ],
    [
      'between two uses of a code',
      [stretch(UPPER, null, '2020-07-01'), stretch(UPPER, '2021-01-01', null)],
      '2020-12-31',
      'ended',
    ],
    ['another code', [stretch(MIDDLE, null, null)], '2020-06-30', 'unknown'],
    ['nothing on file', [], '2020-06-30', 'unknown'],
  ])('%s', (_, stretches, day, kind) => {
    expect(areaFault(stretches, UPPER, day)?.kind).toBe(kind)
  })
})

describe('an ended area names the one in its place', () => {
  const merged = stretch(UPPER, null, '2020-03-01', MIDDLE)

  test.each<[string, AreaStretch[], string | null]>([
    ['as it is', [merged, stretch(MIDDLE, null, null)], MIDDLE],
    [
      'followed through a later merger',
      [merged, stretch(MIDDLE, null, '2020-06-01', LOWER), stretch(LOWER, null, null)],
      LOWER,
    ],
    ['nothing, where the history ends too', [merged, stretch(MIDDLE, null, '2020-06-01')], null],
    ['nothing, where it was not merged', [stretch(UPPER, null, '2020-03-01')], null],
    [
      'nothing, where the history runs in a circle',
      [merged, stretch(MIDDLE, null, '2020-06-01', UPPER)],
      null,
    ],
  ])('%s', (_, stretches, successor) => {
    expect(areaFault(stretches, UPPER, '2020-07-01')?.successor?.code ?? null).toBe(successor)
  })
})

test('what a clerk reads: the code, what became of it, and what to write instead', () => {
  const stretches = [
    stretch(UPPER, null, '2020-03-01', MIDDLE),
    stretch(MIDDLE, null, null),
    stretch(LOWER, '2021-01-01', null),
  ]
  const textOf = (code: string) => {
    const fault = areaFault(stretches, code, '2020-07-01')
    return fault && faultText(fault)
  }

  expect(textOf(UPPER)).toEqual({
    reason: '村（社区）441882101201（上村）已于 2020-03-01 撤销，并入 441882101202（中村）',
    remedy: '请改用 441882101202（中村）',
  })
  expect(textOf(LOWER)).toEqual({
    reason: '村（社区）441882101203（下村）自 2021-01-01 起才设立',
    remedy: '请核对代码',
  })
  expect(textOf('441882199')).toEqual({
    reason: '乡镇（街道）代码 441882199 不在区划名录中',
    remedy: '请核对代码，或先登记该区划',
  })
})

test('the refusal is about the first code, counts the others and says where each stands in the list', () => {
  const stretches = [stretch(UPPER, null, '2020-03-01', MIDDLE), stretch(MIDDLE, null, null)]
  const faults = [UPPER, '441882199'].flatMap((code) => areaFault(stretches, code, '2020-07-01') ?? [])

  expect(areaRefused([], () => [])).toBeUndefined()
  expect(areaRefused(faults, (code) => (code === UPPER ? [0, 3] : [1]))).toMatchObject({
    status: 422,
    code: 'registry.area_ended',
    message:
      '村（社区）441882101201（上村）已于 2020-03-01 撤销，并入 441882101202（中村），未保存。另有 1 个区划代码不能使用。请改用 441882101202（中村）后再提交。',
    details: {
      code: UPPER,
      successor: MIDDLE,
      faults: [
        { code: UPPER, kind: 'ended', successor: MIDDLE, indexes: [0, 3] },
        { code: '441882199', kind: 'unknown', successor: null, indexes: [1] },
      ],
    },
  })
})
