import { expect, test } from 'vitest'
import { UsageError } from './cli.ts'
import { momentOf, momentText } from './moment.ts'

test.each([
  ['2026-03-01 09:30', '2026-03-01T01:30:00.000000Z'],
  ['2026-03-01T09:30:15.5', '2026-03-01T01:30:15.500000Z'],
  ['2026-03-01 09:30:15.123456', '2026-03-01T01:30:15.123456Z'],
  ['2026-03-01 01:30:15Z', '2026-03-01T01:30:15.000000Z'],
  ['2026-03-01 09:30:15+08', '2026-03-01T01:30:15.000000Z'],
  ['2026-03-01 09:30:15 -0330', '2026-03-01T13:00:15.000000Z'],
])('%s is %s: the time of China where no zone is given, every microsecond kept', (text, at) => {
  expect(momentOf(text)).toBe(at)
})

test.each(['2026-03-01', '2026-02-30 09:30', '2026-03-01 24:00', 'yesterday', '2026-03-01 9:30'])(
  '%s is no moment',
  (text) => {
    expect(() => momentOf(text)).toThrow(UsageError)
  },
)

test('an operator reads it in the time of China', () => {
  expect(momentText('2026-03-01T16:00:01.999999Z')).toBe('2026-03-02 00:00:01')
})
