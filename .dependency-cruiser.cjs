// The layers as failing checks; ARCHITECTURE.md says what belongs where. Test: test/layers.test.ts plants a breach of each rule.
// Calls on values that are handed in (a transaction, say) import nothing: eslint.config.js and test/architecture.test.ts watch those.

/** Engines an engine may use, by its index. Anything absent is forbidden. test/architecture.test.ts reads the same table for SQL. */
const ENGINES = {
  registry: [],
  benefits: ['registry'],
  funds: ['registry', 'benefits'],
  imports: ['registry', 'benefits'],
  golive: ['registry', 'benefits', 'funds', 'imports'],
  indicators: [],
}

/** Files where everything meets: server/app.ts, server/life-events.ts …, the demonstration loader and the command line. */
const COMPOSITION = '^server/[^/]+\\.ts$|^server/(demo|cli)/'
const TEST_CODE = '^test/|\\.test\\.ts$'

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const layers = [
  rule('no-cycles', 'two files that need each other are one idea', {}, { circular: true }),
  rule(
    'platform-knows-nobody',
    'plumbing contains no civil-affairs word',
    { path: '^server/platform/' },
    { path: `^server/(engines|domains)/|${COMPOSITION}` },
  ),
  rule(
    'engines-not-to-domains',
    'a domain is handed to an engine as a plain value; its tests may use the composition',
    { path: '^server/engines/', pathNot: '\\.test\\.ts$' },
    { path: `^server/domains/|${COMPOSITION}` },
  ),
  rule(
    'domains-not-to-composition',
    'app.ts, the demonstration and the command line use domains, never the reverse',
    { path: '^server/domains/' },
    { path: COMPOSITION },
  ),
  rule(
    'domains-not-to-domains',
    'share through an engine or life-events.ts',
    { path: '^server/domains/([^/]+)/' },
    { path: '^server/domains/', pathNot: '^server/domains/$1/' },
  ),
  rule(
    'demo-not-to-cli',
    'the command line starts the demonstration, not the reverse',
    { path: '^server/demo/' },
    { path: '^server/cli/' },
  ),
]

const faces = [
  rule(
    'engines-only-by-index',
    'index.ts is the public face of an engine',
    { path: '^(server|scripts)/', pathNot: '^server/engines/' },
    { path: '^server/engines/[^/]+/(?!index\\.ts$)', pathNot: '\\.schema\\.ts$' },
  ),
  rule(
    'engine-to-engine-by-index',
    'index.ts is the public face of an engine',
    { path: '^server/engines/([^/]+)/' },
    { path: '^server/engines/[^/]+/(?!index\\.ts$)', pathNot: '^server/engines/$1/|\\.schema\\.ts$' },
  ),
  rule(
    'domains-only-by-index',
    'index.ts is the public face of a domain',
    { path: '^(server|scripts)/', pathNot: '^server/domains/' },
    { path: '^server/domains/[^/]+/(?!index\\.ts$)', pathNot: '\\.schema\\.ts$' },
  ),
  ...Object.entries(ENGINES).map(([engine, uses]) =>
    rule(
      `engine-${engine}`,
      `${engine} may use: ${uses.join(', ') || 'no other engine'}`,
      { path: `^server/engines/${engine}/` },
      { path: '^server/engines/', pathNot: `^server/engines/(${[engine, ...uses].join('|')})/` },
    ),
  ),
  rule(
    'engine-in-the-table',
    'a new engine first gets its line in ENGINES above',
    { path: '^server/engines/', pathNot: `^server/engines/(${Object.keys(ENGINES).join('|')})/` },
    {},
  ),
]

const kinds = [
  rule(
    'only-db-files-import-a-driver',
    'all SQL is in .db.ts and server/platform',
    { path: '^(server|scripts)/', pathNot: '\\.db\\.ts$|\\.test\\.ts$|^server/platform/' },
    { path: 'node_modules/(kysely|pg|pg-copy-streams)/', dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'rules-are-pure',
    'no database, HTTP, queue, files or clock behind a rule',
    { path: '\\.rules\\.ts$' },
    {
      path: '\\.(db|routes|actions|jobs)\\.ts$|^server/platform/(db|tx|http|jobs|clock|files|audit)|^(node:)?(fs|fs/promises|net|http|https|child_process|os|timers|worker_threads|perf_hooks)$|node_modules/(pg|kysely|fastify|graphile-worker|pino)/',
      dependencyTypesNot: ['type-only'],
    },
  ),
  rule(
    'schemas-are-leaves',
    'a browser will bundle them: zod, other schemas, types',
    { path: '\\.schema\\.ts$' },
    { pathNot: '\\.schema\\.ts$|node_modules/zod/', dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'web-sees-only-schemas',
    'the contract crosses in *.schema.ts and nowhere else',
    { path: '^web/' },
    { path: '^server/', pathNot: '\\.schema\\.ts$' },
  ),
  rule(
    'web-parts-know-no-business',
    'ui is buttons, tables and charts; app is the frame; pages of an engine or domain use both and not each other',
    { path: '^web/ui/' },
    { path: '^web/(engines|domains)/|^server/' },
  ),
  rule(
    'web-pages-apart',
    'what two of them need is in web/ui, or is one of them',
    { path: '^web/(engines|domains)/([^/]+)/' },
    { path: '^web/(engines|domains)/', pathNot: '^web/$1/$2/' },
  ),
]

const surroundings = [
  rule(
    'oracle-stands-alone',
    'a second opinion must not share our code',
    { path: '^oracle/' },
    { path: '^(server|scripts)/' },
  ),
  rule(
    'server-not-to-oracle',
    'the product does not need its second opinion; its tests do',
    { path: '^server/', pathNot: '\\.test\\.ts$' },
    { path: '^oracle/' },
  ),
  rule(
    'server-not-to-scripts',
    'scripts use the server, not the reverse',
    { path: '^server/' },
    { path: '^scripts/' },
  ),
  rule(
    'no-test-code-in-production',
    'tests use the product, not the reverse',
    { pathNot: TEST_CODE },
    { path: TEST_CODE },
  ),
  rule(
    'no-development-dependency-in-production',
    'npm ci --omit=dev must still start',
    { path: '^(server|bin)/', pathNot: TEST_CODE },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'declared-dependencies',
    'package.json names what we import',
    {},
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  rule('resolvable', 'the imported file exists', {}, { couldNotResolve: true }),
]

module.exports = {
  forbidden: [...layers, ...faces, ...kinds, ...surroundings],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
}

// Not enumerable: dependency-cruiser refuses keys that it does not know.
Object.defineProperty(module.exports, 'ENGINES', { value: ENGINES })
