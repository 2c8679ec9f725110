import { expect, test } from 'vitest'
import { moduleShape, sqlPlacement } from '../test/architecture-checks.ts'
import { domainFiles } from './new-domain.ts'

const files = await domainFiles('social-organisations', 'annual-inspection')

test('a domain module has seven files with known suffixes', () => {
  expect(files.map(({ path }) => path.replace('server/domains/social-organisations/', ''))).toEqual([
    'README.md',
    'index.ts',
    'annual-inspection.schema.ts',
    'annual-inspection.rules.ts',
    'annual-inspection.rules.test.ts',
    'annual-inspection.db.ts',
    'annual-inspection.actions.ts',
  ])
})

test('names follow the forms of TypeScript and SQL', () => {
  const text = files.map((file) => file.text).join('\n')

  expect(text).toContain('export const socialOrganisations = {')
  expect(text).toContain('export const recordAnnualInspection = command({')
  expect(text).toContain('insert into social_organisations.annual_inspection (')
})

test('the new module keeps the architecture', () => {
  const rights = { writes: ['social_organisations.'], reads: ['social_organisations'] }
  const schemas = ['social_organisations', 'registry', 'benefits', 'funds', 'platform']

  expect(moduleShape(files.map(({ path }) => path))).toEqual([])
  expect(
    files.filter(({ path }) => path.endsWith('.ts')).flatMap((file) => sqlPlacement(file, rights, schemas)),
  ).toEqual([])
})
