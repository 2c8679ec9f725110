import { expect, test } from 'vitest'
import { memberEvents, pageOf } from './file-event.rules.ts'
import type { MemberDeed } from './person-file.db.ts'
import type { FileEvent } from './person-file.schema.ts'

const event = (id: string, at: string, kind: FileEvent['kind'] = 'fact'): FileEvent => ({
  ...{ id, kind, at, title: '', text: '', fen: null, by: null, source: { kind: 'fact', id } },
})

const EVENTS = [
  event('a', '2020-01-01T00:00:00Z'),
  event('b', '2020-01-01T00:00:00.5Z', 'money'),
  event('c', '2020-01-01T00:00:00.000001Z'),
  event('d', '2020-01-01T00:00:00.5Z'),
]

test('events stand newest first to the microsecond, and pages are the whole', () => {
  const whole = pageOf(EVENTS, { kind: undefined, after: undefined, limit: 10 })
  const paged: string[] = []
  for (let after: string | undefined, turns = 0; turns < 5; turns++) {
    const { events, next } = pageOf(EVENTS, { kind: undefined, after, limit: 1 })
    paged.push(...events.map(({ id }) => id))
    if (next === null) break
    after = next
  }

  expect(whole.events.map(({ id }) => id)).toEqual(['d', 'b', 'c', 'a'])
  expect(whole.next).toBeNull()
  expect(paged).toEqual(['d', 'b', 'c', 'a'])
})

test('one kind is shown, all are counted', () => {
  const { events, counts } = pageOf(EVENTS, { kind: 'money', after: undefined, limit: 10 })

  expect(events.map(({ id }) => id)).toEqual(['b'])
  expect(counts).toEqual({ benefit: 0, money: 1, fact: 3, household: 0, change: 0 })
})

test('others join and leave in one’s own timeline only while one lived with them', () => {
  const deed = (personId: string, from: string, to: string | null): MemberDeed => ({
    ...{ id: personId + from, rootId: personId + from, personId, relation: 'child', reason: null, from, to },
    ...{ fullName: personId, isUndoing: false, recordedAt: '2020-01-01T00:00:00Z', recordedBy: 'x' },
  })
  const deeds = [
    deed('me', '2010-01-01', '2015-01-01'),
    deed('sister', '2012-01-01', null),
    deed('cousin', '2016-01-01', null),
  ]

  const events = memberEvents(deeds, ['me'])

  expect(events.map(({ text }) => text)).toEqual([
    '子女，自 2010-01-01 起。',
    'sister：子女，自 2012-01-01 起。',
  ])
})
