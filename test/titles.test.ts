import { expect, test } from 'vitest'
import { EVENT_TITLES } from '../server/event-titles.ts'
import { PERMISSION_TITLES } from '../server/permission-titles.ts'
import { ROLES } from '../server/roles.ts'
import { routes } from '../server/routes.ts'
import { permissionGroups } from '../web/platform/role-words.ts'
import { isTest, readSources } from './source-files.ts'

const product = readSources(['server']).filter(({ path }) => !isTest(path))
/** As they stand in commands, queries and the few rows that are written by hand. */
const events = new Set(
  product.flatMap(({ text }) =>
    [...text.matchAll(/\bevent(?:: | = )'([a-z_]+\.[a-z_]+\.[a-z_]+)'/g)].map((match) => match[1] ?? ''),
  ),
)

test('every audit event of the code has a title in Chinese, and every title its event', () => {
  expect(events.size).toBeGreaterThan(80)
  expect(Object.keys(EVENT_TITLES).toSorted()).toEqual([...events].toSorted())
  for (const title of Object.values(EVENT_TITLES)) expect(title).toMatch(/^\p{Script=Han}/u)
})

test('two events never have the same title', () => {
  const titles = Object.values(EVENT_TITLES)

  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
})

test('every permission of a role or an address has a title, and every title its permission', () => {
  const given = new Set([
    ...ROLES.flatMap(({ permissions }) => permissions),
    ...routes.map(({ permission }) => permission),
  ])

  expect(Object.keys(PERMISSION_TITLES).toSorted()).toEqual([...given].toSorted())
})

test('every permission stands under a part of the product', () => {
  const all = Object.entries(PERMISSION_TITLES).map(([permission, title]) => ({
    ...{ permission, title, isReserved: false },
  }))

  expect(permissionGroups(all).map(({ title }) => title)).not.toContain('其他')
})

test('every address can be reached by somebody: its permission is in a role', () => {
  const given = new Set(ROLES.flatMap(({ permissions }) => permissions))

  expect(routes.map(({ permission }) => permission).filter((permission) => !given.has(permission))).toEqual(
    [],
  )
})
