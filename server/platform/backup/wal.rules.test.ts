import { describe, expect, test } from 'vitest'
import {
  chainOf,
  isArchivable,
  isOnLine,
  newestTimeline,
  nextPosition,
  parseHistory,
  parseSegment,
  placeOf,
} from './wal.rules.ts'

const MIB = 2 ** 20

describe('names of segments', () => {
  test('a name is a timeline and a position', () => {
    expect(parseSegment('0000000200000001000000FF')).toEqual({ timeline: 2, position: '00000001000000FF' })
    expect(parseSegment('00000002.history')).toBeUndefined()
    expect(parseSegment('0000000200000001000000FF.partial')).toBeUndefined()
  })

  test.each([
    ['within a log, 1 MiB', '0000000100000FFE', MIB, '0000000100000FFF'],
    ['4096 segments of 1 MiB are a log', '0000000100000FFF', MIB, '0000000200000000'],
    ['256 segments of 16 MiB are a log', '00000001000000FF', 16 * MIB, '0000000200000000'],
  ])('the next position: %s', (_, position, bytes, next) => {
    expect(nextPosition(position, bytes)).toBe(next)
  })

  test('only what a server hands over is archived', () => {
    const names = ['000000010000000000000001', '00000002.history', '000000010000000000000001.00000028.backup']
    expect(names.map(isArchivable)).toEqual([true, true, true])
    expect(['archtemp.000000010000000000000001.7.9', 'a.gz', '..'].map(isArchivable)).toEqual([
      false,
      false,
      false,
    ])
  })
})

describe('timelines', () => {
  const text = '1\t0/3000060\tno recovery target specified\n\n2\t1/A0\tbefore 2026-03-01\n'

  test('a history names the timelines before it and where each was left', () => {
    expect(parseHistory(text)).toEqual([
      { timeline: 1, leftAt: '0/3000060' },
      { timeline: 2, leftAt: '1/A0' },
    ])
    expect(newestTimeline(['00000002.history', '0000000A.history', '000000010000000000000001'])).toBe(10)
    expect(newestTimeline(['000000010000000000000001'])).toBe(1)
    expect(placeOf('1/A0')).toBe(2 ** 32 + 160)
  })

  test('a copy belongs to a line when it ended before its timeline was left', () => {
    const line = { timeline: 3, ancestors: parseHistory(text) }
    expect(isOnLine({ timeline: 1, stopLsn: '0/3000060' }, line)).toBe(true)
    expect(isOnLine({ timeline: 1, stopLsn: '0/3000061' }, line)).toBe(false)
    expect(isOnLine({ timeline: 3, stopLsn: '9/0' }, line)).toBe(true)
    expect(isOnLine({ timeline: 4, stopLsn: '0/1' }, line)).toBe(false)
  })
})

describe('the log from a copy on', () => {
  const line = { timeline: 1, ancestors: [] }
  const named = (...numbers: number[]) => numbers.map((n) => `00000001${'0'.repeat(15)}${n}`)
  const first = { timeline: 1, position: '0000000000000002' }
  const chain = (names: string[], until?: string) => chainOf(names, first, { line, segmentBytes: MIB, until })

  test('goes to its end', () => {
    expect(chain(named(1, 2, 3, 4))).toEqual({ names: named(2, 3, 4), missing: undefined })
  })

  test('stops at a gap and names it', () => {
    expect(chain(named(2, 4, 5))).toEqual({ names: named(2), missing: '0000000000000003' })
    expect(chain(named(3, 4))).toEqual({ names: [], missing: '0000000000000002' })
    expect(chain([])).toEqual({ names: [], missing: '0000000000000002' })
  })

  test('a gap after the last position wanted does not matter', () => {
    expect(chain(named(2, 3, 5), '0000000000000003')).toEqual({ names: named(2, 3), missing: undefined })
  })

  test('follows the line across timelines, and not one that was given up', () => {
    const names = ['00000001', '00000002', '00000003'].map((timeline) => `${timeline}0000000000000003`)
    const across = { timeline: 3, ancestors: [{ timeline: 1, leftAt: '0/300060' }] }
    const found = chainOf([...named(2), ...names], first, { line: across, segmentBytes: MIB })
    expect(found).toEqual({ names: [...named(2), names[0], names[2]], missing: undefined })
  })
})
