import { describe, expect, test } from 'vitest'
import { safekeepingSeen, type Safekeeping } from './check-item.rules.ts'

/** What the installation has seen of its keys and backup, on both sides of each edge. */

const PROJECT = { startedAt: '2019-12-27T01:00:00.000000Z' }
const GOOD: Safekeeping = {
  keys: { isCopied: true, at: '2019-12-20T02:00:00Z' },
  backup: { at: '2019-12-27T18:00:00Z', problems: [] },
  drill: {
    ...{ startedAt: '2019-12-27T01:00:00.000Z', endedAt: '2019-12-27T01:05:00Z' },
    ...{ tables: 90, rows: 1_234_567, problems: 0 },
  },
}

function seen(change: Partial<Safekeeping>) {
  const items = safekeepingSeen({ ...GOOD, ...change }, PROJECT)
  return Object.fromEntries(items.map(({ key, isDone, text, seenAt }) => [key, { isDone, text, seenAt }]))
}

test('all three are done, each with when and what', () => {
  expect(seen({})).toEqual({
    keys_kept: { isDone: true, text: '现用的密钥都在副本里', seenAt: '2019-12-20T02:00:00Z' },
    backup_made: {
      ...{ isDone: true, text: '有整库备份，日志归档没有发现问题', seenAt: '2019-12-27T18:00:00Z' },
    },
    drill_done: {
      ...{ isDone: true, text: '恢复出 90 张表 1,234,567 行，核对相符' },
      seenAt: '2019-12-27T01:05:00Z',
    },
  })
})

describe('not done, and what to do', () => {
  const drill = (change: object) =>
    ({ drill: { ...(GOOD.drill as object), ...change } }) as Partial<Safekeeping>

  test.each<[string, Partial<Safekeeping>, string, RegExp]>([
    [
      'never copied',
      { keys: { isCopied: false, at: null } },
      'keys_kept',
      /^还没有另存。.*minben keys export/,
    ],
    [
      'changed since',
      { keys: { isCopied: false, at: '2019-12-20T02:00:00Z' } },
      'keys_kept',
      /^更换密钥以后没有重新另存。/,
    ],
    ['no copy of the database', { backup: { at: null, problems: [] } }, 'backup_made', /还没有整库备份/],
    [
      'the archive is late',
      { backup: { at: '2019-12-27T18:00:00Z', problems: ['归档停了。请检查磁盘。'] } },
      'backup_made',
      /^归档停了。请检查磁盘。$/,
    ],
    ['no drill', { drill: undefined }, 'drill_done', /^没有演练的结果。.*minben backup --drill/],
    ['a drill that found something', drill({ problems: 2 }), 'drill_done', /^发现 2 处问题。/],
    [
      'a drill a moment before the project',
      drill({ startedAt: '2019-12-27T00:59:59.999Z' }),
      'drill_done',
      /^是立项以前做的/,
    ],
  ])('%s', (_, change, key, text) => {
    const { [key]: item, ...others } = seen(change)

    expect(item?.isDone).toBe(false)
    expect(item?.text).toMatch(text)
    expect(Object.values(others).map(({ isDone }) => isDone)).toEqual([true, true])
  })
})
