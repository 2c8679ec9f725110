// Few rules, no warnings. What belongs to imports is in .dependency-cruiser.cjs, what belongs to whole files in test/architecture.test.ts.
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

const TESTS = ['**/*.test.ts', 'test/**']

const sqlInOnePlace = [
  {
    selector:
      'CallExpression[callee.property.name=/^(selectFrom|insertInto|updateTable|deleteFrom|mergeInto)$/]',
    message: 'SQL belongs in a .db.ts file.',
  },
  { selector: "TaggedTemplateExpression[tag.name='sql']", message: 'SQL belongs in a .db.ts file.' },
  { selector: "CallExpression[callee.object.name='sql']", message: 'SQL belongs in a .db.ts file.' },
  { selector: "CallExpression[callee.property.name='query']", message: 'SQL belongs in a .db.ts file.' },
  {
    selector: 'CallExpression[callee.name=/^(insertRows|copyIn|copyOut)$/]',
    message: 'SQL belongs in a .db.ts file.',
  },
]

// Tests may keep short named arrows beside the cases that use them.
const testStyle = [
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  { selector: 'Decorator', message: 'No decorators.' },
]

const ownStyle = [
  ...testStyle,
  {
    selector:
      ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > :matches(ArrowFunctionExpression, FunctionExpression).init',
    message: 'A named function is a `function` declaration; arrows are for callbacks.',
  },
]

const oneClock = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'The time comes from the Clock argument.',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'The time comes from the Clock argument.',
  },
]

const pure = [
  {
    selector: "NewExpression[callee.name='Date']",
    message: 'A rule has no clock: dates are PlainDate strings.',
  },
  {
    selector: "CallExpression[callee.name='Date']",
    message: 'A rule has no clock: dates are PlainDate strings.',
  },
  {
    selector: "MemberExpression[object.name='Date']",
    message: 'A rule has no clock: dates are PlainDate strings.',
  },
  { selector: "MemberExpression[object.name='performance']", message: 'A rule has no clock.' },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'A rule has no randomness.',
  },
  {
    selector:
      ':matches(Identifier, MemberExpression > Identifier.property)[name=/^(random(UUID|Bytes|Int|FillSync|Fill)|getRandomValues)$/]',
    message: 'A rule has no randomness.',
  },
  { selector: "MemberExpression[object.name='process']", message: 'A rule knows only its arguments.' },
  { selector: 'AwaitExpression', message: 'A rule does not wait for anything.' },
]

const RUNNER = '/^(test|it|describe|suite|bench|expect)$/'
const SHUT = '/^(skip|only|todo|fails|skipIf|runIf|retry)$/'
const honestTests = [
  {
    selector: `MemberExpression[object.name=${RUNNER}][property.name=${SHUT}]`,
    message: 'A test runs, always and once.',
  },
  {
    selector: `MemberExpression[object.object.name=${RUNNER}][property.name=${SHUT}]`,
    message: 'A test runs, always and once.',
  },
  {
    selector: `CallExpression[callee.name=${RUNNER}] > ObjectExpression > Property[key.name=/^(retry|repeats|skip|only|todo|fails)$/]`,
    message: 'A test runs, always and once.',
  },
  {
    selector: "CallExpression[callee.object.name='vi'][callee.property.name=/^(mock|doMock|hoisted)$/]",
    message: 'Our own modules are not mocked; the clock, the bank and other outside things are arguments.',
  },
  {
    selector: 'CallExpression[callee.property.name=/^toMatch(File|Inline)?Snapshot$/]',
    message: 'State what is expected; snapshots hide it.',
  },
]

// A page never builds markup from text, and the server is asked in one place only.
const browserSafety = [
  { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'Text stays text.' },
  { selector: "AssignmentExpression[left.property.name='innerHTML']", message: 'Text stays text.' },
]

const forbid = (...groups) => ({ 'no-restricted-syntax': ['error', ...groups.flat()] })

export default tseslint.config(
  { ignores: ['node_modules/', 'var/', 'dist/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.ts', '**/*.tsx'],
    rules: {
      'prefer-const': 'error',
      'no-var': 'error',
      'no-debugger': 'error',
      'no-unreachable': 'error',
      'no-dupe-keys': 'error',
      'no-cond-assign': 'error',
      'no-constant-condition': ['error', { checkLoops: false }],
      'no-fallthrough': 'error',
      'no-unsafe-finally': 'error',
      'no-self-compare': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': 'allow-with-description' },
      ],
      '@typescript-eslint/max-params': ['error', { max: 4 }], // three by habit; assess(content, facts, rates, month) is the fourth
    },
  },
  // A later block replaces the options of an earlier one, so each block names every group that holds for its files.
  { files: ['**/*.ts', '**/*.tsx'], rules: forbid(sqlInOnePlace, ownStyle) },
  {
    files: ['web/**'],
    plugins: { 'react-hooks': reactHooks },
    rules: { ...reactHooks.configs.recommended.rules, ...forbid(ownStyle, browserSafety) },
  },
  { files: ['server/engines/**', 'server/domains/**'], rules: forbid(sqlInOnePlace, ownStyle, oneClock) },
  { files: ['{server,scripts}/**/*.db.ts'], rules: forbid(ownStyle, oneClock) },
  { files: ['server/platform/**'], rules: forbid(ownStyle) },
  { files: ['server/**/*.rules.ts'], rules: forbid(sqlInOnePlace, ownStyle, pure) },
  { files: TESTS, rules: { ...forbid(testStyle, honestTests), '@typescript-eslint/max-params': 'off' } },
  { files: ['*.config.ts', 'web/*.config.ts', 'test/cluster.ts'], rules: forbid(honestTests) }, // the runner asks for a default export
)
