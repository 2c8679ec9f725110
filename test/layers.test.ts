import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cruise, type ICruiseOptions, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser'
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'

const root = resolve(import.meta.dirname, '..')
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as IFlattenedRuleSet & {
  options: ICruiseOptions
}

/** Each file of the planted tree: what it imports; 'type x' stands for `import type`. */
const TREE: Record<string, readonly string[]> = {
  // Breaches: one file per rule, named after it.
  'server/engines/registry/no-cycles.ts': ['./other-half.ts'],
  'server/engines/registry/other-half.ts': ['./no-cycles.ts'],
  'server/platform/platform-knows-nobody.ts': ['../engines/registry/index.ts'],
  'server/platform/platform-knows-nobody-2.ts': ['../app.ts'],
  'server/engines/registry/engines-not-to-domains.ts': ['../../domains/social-assistance/index.ts'],
  'server/engines/registry/engines-not-to-domains-2.ts': ['../../demo/index.ts'],
  'server/engines/registry/engines-not-to-domains-3.ts': ['../../cli/index.ts'],
  'server/domains/social-assistance/domains-not-to-composition.ts': ['../../demo/index.ts'],
  'server/domains/social-assistance/domains-not-to-composition-2.ts': ['../../app.ts'],
  'server/domains/social-assistance/domains-not-to-domains.ts': ['../elderly/index.ts'],
  'server/demo/demo-not-to-cli.ts': ['../cli/index.ts'],
  'server/demo/engines-only-by-index.ts': ['../engines/funds/batch.db.ts'],
  'server/cli/engines-only-by-index-2.ts': ['../engines/benefits/run.actions.ts'],
  'server/domains/social-assistance/engines-only-by-index-3.ts': ['../../engines/benefits/run.rules.ts'],
  'server/engines/funds/engine-to-engine-by-index.ts': ['../benefits/run.actions.ts'],
  'server/demo/domains-only-by-index.ts': ['../domains/social-assistance/aid.actions.ts'],
  'server/engines/registry/engine-registry.ts': ['../benefits/index.ts'],
  'server/engines/benefits/engine-benefits.ts': ['../funds/index.ts'],
  'server/engines/funds/engine-funds.ts': ['../indicators/index.ts'],
  'server/engines/imports/engine-imports.ts': ['../funds/index.ts'],
  'server/engines/golive/engine-golive.ts': ['../indicators/index.ts'],
  'server/engines/indicators/engine-indicators.ts': ['../registry/index.ts'],
  'server/engines/parades/engine-in-the-table.ts': ['../../platform/money.ts'],
  'server/engines/benefits/only-db-files-import-a-driver.actions.ts': ['pg'],
  'server/cli/only-db-files-import-a-driver-2.ts': ['kysely'],
  'server/engines/benefits/rules-are-pure.rules.ts': ['./run.db.ts'],
  'server/engines/benefits/rules-are-pure-2.rules.ts': ['node:fs'],
  'server/engines/benefits/schemas-are-leaves.schema.ts': ['../../platform/money.ts'],
  'web/web-sees-only-schemas.ts': ['../server/engines/benefits/index.ts'],
  'web/ui/web-parts-know-no-business.ts': ['../engines/benefits/page.ts'],
  'web/engines/funds/web-pages-apart.ts': ['../benefits/page.ts'],
  'web/engines/benefits/page.ts': [],
  'oracle/oracle-stands-alone.ts': ['../server/platform/money.ts'],
  'server/platform/server-not-to-oracle.ts': ['../../oracle/ledger.ts'],
  'server/cli/server-not-to-scripts.ts': ['../../scripts/bench.ts'],
  'server/demo/no-test-code-in-production.ts': ['../../test/db.ts'],
  'server/cli/no-development-dependency-in-production.ts': ['fast-check'],
  'server/cli/declared-dependencies.ts': ['semver'],
  'server/cli/resolvable.ts': ['./nowhere.ts'],
  // What is allowed.
  'server/app.ts': [
    './engines/funds/index.ts',
    './domains/social-assistance/index.ts',
    './platform/money.ts',
  ],
  'server/cli/index.ts': ['../demo/index.ts', '../app.ts'],
  'server/demo/index.ts': ['../engines/benefits/index.ts', '../domains/social-assistance/index.ts'],
  'server/domains/social-assistance/index.ts': ['../../engines/benefits/index.ts', './aid.actions.ts'],
  'server/domains/social-assistance/aid.actions.ts': [
    '../../engines/benefits/run.schema.ts',
    '../../platform/money.ts',
  ],
  'server/engines/funds/index.ts': ['../benefits/index.ts', '../registry/index.ts', './batch.db.ts'],
  'server/engines/funds/batch.db.ts': ['pg', 'kysely', '../../platform/money.ts'],
  'server/engines/benefits/run.schema.ts': ['zod'],
  'server/engines/benefits/run.rules.ts': ['./run.schema.ts', '../../platform/money.ts'],
  'server/engines/benefits/types.rules.ts': ['type ./run.db.ts', 'type pg', 'type kysely'],
  'server/engines/benefits/types.schema.ts': ['type ../../platform/money.ts'],
  'server/engines/benefits/run.test.ts': ['../../../test/db.ts', 'pg', 'fast-check'],
  'test/end-to-end.test.ts': [
    '../server/engines/benefits/run.actions.ts',
    '../oracle/ledger.ts',
    '../scripts/bench.ts',
  ],
  'scripts/bench.ts': ['../server/app.ts'],
}
const CREATED = [
  'server/domains/elderly/index.ts',
  'server/engines/benefits/index.ts',
  'server/engines/benefits/run.actions.ts',
  'server/engines/benefits/run.db.ts',
  'server/engines/indicators/index.ts',
  'server/engines/registry/index.ts',
  'server/platform/money.ts',
  'oracle/ledger.ts',
  'test/db.ts',
]

let tree = ''
let found: { rule: string; from: string }[] = []

beforeAll(async () => {
  tree = mkdtempSync(join(tmpdir(), 'layers-'))
  for (const file of CREATED) plant(file, [])
  for (const [file, imports] of Object.entries(TREE)) plant(file, imports)
  for (const name of ['node_modules', 'package.json', 'tsconfig.json'])
    symlinkSync(join(root, name), join(tree, name))
  found = await violations(tree)
})

afterAll(() => {
  rmSync(tree, { recursive: true, force: true })
})

const planted = Object.keys(TREE).flatMap((file) => {
  const rule = ruleOf(file)
  return rule === undefined ? [] : [{ file, rule }]
})

test.each(planted)('a planted breach of $rule is found: $file', ({ file, rule }) => {
  expect(found).toContainEqual({ rule, from: file })
})

test('every rule has a planted breach', () => {
  const rules = (config.forbidden ?? []).map((rule) => rule.name)

  expect(rules.filter((name) => !planted.some((breach) => breach.rule === name))).toEqual([])
})

test('imports along the layers are not reported', () => {
  const breaches = new Set(planted.map((breach) => breach.file))
  const cycle = 'server/engines/registry/other-half.ts'

  expect(found.filter(({ from }) => !breaches.has(from) && from !== cycle)).toEqual([])
})

function ruleOf(file: string): string | undefined {
  const name = file.replace(/^.*\//, '').replace(/(-\d)?(\.\w+)?\.ts$/, '')
  return (config.forbidden ?? []).find((rule) => rule.name === name)?.name
}

function plant(file: string, imports: readonly string[]): void {
  const lines = imports.map((target, i) =>
    target.startsWith('type ')
      ? `import type * as used${i} from '${target.slice(5)}'\nexport type { used${i} }\n`
      : `import * as used${i} from '${target}'\nexport { used${i} }\n`,
  )
  mkdirSync(dirname(join(tree, file)), { recursive: true })
  writeFileSync(join(tree, file), lines.join('') || 'export {}\n')
}

async function violations(baseDir: string): Promise<{ rule: string; from: string }[]> {
  const folders = ['server', 'test', 'oracle', 'scripts', 'web']
  const { forbidden, options } = config
  const { output } = await cruise(
    folders,
    { ...options, baseDir, validate: true, ruleSet: { forbidden: forbidden ?? [] } },
    {},
    { tsConfig: extractTsConfig(join(root, 'tsconfig.json')) },
  )
  return (output as ICruiseResult).summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }))
}
