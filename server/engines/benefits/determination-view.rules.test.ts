import { expect, test } from 'vitest'
import { agoText, overlapOf } from './determination-view.rules.ts'

const at = (time: string) => `2020-03-10T${time}.123456Z`

test.each([
  ['10:00:59', '10:00:59', '刚刚'],
  ['10:00:00', '10:01:00', '1 分钟前'],
  ['10:00:00', '10:59:00', '59 分钟前'],
  ['10:00:00', '11:00:00', '1 小时前'],
  ['10:00:00', '09:00:00', '刚刚'],
])('%s is, at %s, %s', (then, now, text) => {
  expect(agoText(at(then), at(now))).toBe(text)
})

test.each([
  ['2020-03-11T09:59:00Z', '23 小时前'],
  ['2020-03-11T10:00:00Z', '1 天前'],
  ['2020-04-09T10:00:00Z', '30 天前'],
])('10 o’clock of 10 March is, at %s, %s', (now, text) => {
  expect(agoText(at('10:00:00'), now)).toBe(text)
})

test.each([
  ['2020-01', null, '2020-05', null, true],
  ['2020-01', '2020-05', '2020-05', null, false],
  ['2020-01', '2020-05', '2020-04', null, true],
  ['2020-05', null, '2020-01', '2020-05', false],
  ['2020-05', null, '2020-01', '2020-06', true],
])('[%s, %s) and [%s, %s) speak of the same month: %s', (fromMonth, toMonth, from, to, wanted) => {
  expect(overlapOf({ awardId: 'a', fromMonth, toMonth }, { awardId: 'a', from, to })).toBe(wanted)
  expect(overlapOf({ awardId: 'a', fromMonth, toMonth }, { awardId: 'b', from, to })).toBe(false)
})
