import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPolicy } from '../server/engines/benefits/policy.rules.ts'
import { ROOT } from './source-files.ts'

interface Area {
  code: string
  name: string
  level: string
  parent: string | null
  validFrom: string
  validTo: string | null
}

const files = readdirSync(join(ROOT, 'policies')).filter((name) => name.endsWith('.json'))
const areas = JSON.parse(readFileSync(join(ROOT, 'areas/441882.json'), 'utf8')) as Area[]

test.each(files)('%s is a policy file without a finding, and its name starts with its area', (name) => {
  const policy = readPolicy(readFileSync(join(ROOT, 'policies', name), 'utf8'))

  expect(name.startsWith(`${policy.area}-`)).toBe(true)
})

test.each([
  ['subsistence_allowance', 'standard', 'residence=urban', 70_200, 80_700], // 702 + 105 = 807
  ['subsistence_allowance', 'standard', 'residence=rural', 48_400, 58_000], // 484 +  96 = 580
  ['extreme_poverty_support', 'base', 'residence=urban', 112_400, 129_200], // 1124 + 168 = 1292
  ['extreme_poverty_support', 'base', 'residence=rural', 77_500, 92_800], // 775 + 153 = 928
])('Lianzhou raised %s %s %s in January 2020 from %i to %i fen', (program, item, whenKey, before, after) => {
  expect(rate('441882-lianzhou-2019.json', { program, item, whenKey })).toEqual({
    fen: before,
    from: '2019-01-01',
  })
  expect(rate('441882-lianzhou-2020.json', { program, item, whenKey })).toEqual({
    fen: after,
    from: '2020-01-01',
  })
})

test.each([
  ['none', 84_600], // 1410.00 × 60 %
  ['partial', 42_300], // 1410.00 × 30 %
  ['full', 2_820], // 1410.00 × 2 %
])('care of a destitute person with self-care %s: %i fen', (selfCare, fen) => {
  const key = { program: 'extreme_poverty_care', item: 'care', whenKey: `selfCare=${selfCare}` }

  expect(rate('441882-lianzhou-2019.json', key)?.fen).toBe(fen)
})

test('Lianzhou has 12 towns, 163 villages and 11 communities, and every area lies in a listed one', () => {
  const count = (level: string) => areas.filter((area) => area.level === level).length
  const codes = new Set(areas.map(({ code }) => code))

  expect([count('township'), count('village'), count('community')]).toEqual([12, 163, 11])
  expect(codes.size).toBe(areas.length)
  expect(areas.filter(({ parent }) => parent !== null && !codes.has(parent))).toEqual([])
})

function rate(
  name: string,
  key: { program: string; item: string; whenKey: string },
): { fen: number | null; from: string } | undefined {
  const { rates } = readPolicy(readFileSync(join(ROOT, 'policies', name), 'utf8'))
  const found = rates.find(
    (each) => each.program === key.program && each.item === key.item && each.whenKey === key.whenKey,
  )
  return found && { fen: found.fen, from: found.from }
}
