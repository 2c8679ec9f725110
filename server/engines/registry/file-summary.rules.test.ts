import { expect, test } from 'vitest'
import { summaryOf } from './file-summary.rules.ts'

const fact = (id: number, from = '2020-03-01') => ({
  ...{ id: String(id), kind: 'registered_poor', text: '建档立卡贫困人口', from, fullName: `某${id}` },
})

test.each([
  [0, []],
  [1, ['家人某0自 2020-03-01 起：建档立卡贫困人口。']],
  [4, ['某0', '某1', '某2', '家人近十二个月另有 1 项情况']],
  [22, ['某0', '某1', '某2', '家人近十二个月另有 19 项情况']],
])('what is new about %i others of the household: three by name, the rest counted', (count, told) => {
  const said = summaryOf({
    ...{ on: '2020-11-30', personId: 'p', facts: [], money: null },
    household: { id: 'h', members: [] },
    // What is older than a year is no news.
    mateFacts: [...Array.from({ length: count }, (_, index) => fact(index)), fact(99, '2019-01-01')],
  })
  const others = said.map(({ text }) => text).filter((text) => text.startsWith('家人'))

  expect(others).toEqual(told.map((part) => expect.stringContaining(part)))
})
