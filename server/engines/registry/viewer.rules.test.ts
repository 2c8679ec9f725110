import { expect, test } from 'vitest'
import type { SeenLook } from './look.db.ts'
import { visitsOf } from './viewer.rules.ts'

const PURPOSES = { verify_identity: '核对证件' }
const look = (at: string, actorId: string, rest: Partial<SeenLook> = {}): SeenLook => ({
  ...{ id: `${at}${actorId}`, what: 'file', part: null, purpose: null, actorId, at: `${at}.000001Z` },
  ...rest,
})

test('what one person looked at within half an hour is one visit, said in the order of looking', () => {
  const visits = visitsOf(
    [
      look('2020-03-02T00:10:00', 'a', { what: 'timeline' }),
      look('2020-03-02T00:05:00', 'b'),
      look('2020-03-01T23:50:00', 'a', { what: 'revealed', part: 'phone', purpose: 'verify_identity' }),
      look('2020-03-01T23:45:00', 'a'),
      look('2020-03-01T23:44:00', 'a'),
      look('2020-03-01T10:00:00', 'a'),
    ],
    PURPOSES,
  )

  expect(visits).toEqual([
    {
      at: '2020-03-02T00:10:00.000001Z',
      actorId: 'a',
      what: ['查看档案', '查看完整电话（核对证件）', '查看时间线'],
    },
    { at: '2020-03-02T00:05:00.000001Z', actorId: 'b', what: ['查看档案'] },
    { at: '2020-03-01T10:00:00.000001Z', actorId: 'a', what: ['查看档案'] },
  ])
})

test('the same minute of another day is another visit', () => {
  const visits = visitsOf([look('2020-03-03T08:00:00', 'a'), look('2020-03-01T08:00:00', 'a')], PURPOSES)

  expect(visits).toHaveLength(2)
})
