import ts from 'typescript'
import { at, isTest, parse, visit, type Finding, type SourceFile } from './source-files.ts'
import { calleeName, mentionedSchemas, sqlTexts, writtenTables, type SqlText } from './sql-in-source.ts'

const SUFFIXES = ['schema', 'rules', 'program', 'indicators', 'db', 'actions', 'routes', 'jobs', 'policy']
const FILE_NAME = new RegExp(
  `^(index|[a-z0-9]+(-[a-z0-9]+)*(\\.(${SUFFIXES.join('|')}))?\\.test|[a-z0-9]+(-[a-z0-9]+)*\\.(${SUFFIXES.join('|')}))\\.ts$`,
)
const MODULE = /^server\/(engines|domains)\/([^/]+)\/(.+)$/
const MONEY_SCHEMAS = ['benefits', 'funds']

/** Files of engines and domains: a known suffix, no sub-folder, a README and a public face in each folder. */
export function moduleShape(paths: readonly string[]): Finding[] {
  const folders = new Map<string, string[]>()
  for (const path of paths) {
    const match = MODULE.exec(path)
    if (!match) continue
    const folder = `server/${match[1]}/${match[2]}`
    folders.set(folder, [...(folders.get(folder) ?? []), match[3] ?? ''])
  }
  return [...folders].flatMap(([folder, files]) => [
    ...files
      .filter((file) => file !== 'README.md' && !FILE_NAME.test(file))
      .map(
        (file) => `${folder}/${file}: the name ends in none of the known suffixes, or lies in a sub-folder`,
      ),
    ...['README.md', 'index.ts']
      .filter((file) => !files.includes(file))
      .map((file) => `${folder}: ${file} is missing`),
  ])
}

/** A file fails at 500 lines, a test at 800. */
export function fileLength(
  files: readonly SourceFile[],
  exceptions: Readonly<Record<string, string>>,
): Finding[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1
    const limit = isTest(path) ? 800 : 500
    return lines > limit && !(path in exceptions) ? [`${path}: ${lines} lines, at most ${limit}`] : []
  })
}

export interface SchemaRights {
  /** What a written table starts with: the module's own schema, `funds.`. */
  writes: readonly string[]
  reads: readonly string[]
}

/** Writes stay in the module's own schema, reads follow the table of engines. */
export function sqlPlacement(file: SourceFile, rights: SchemaRights, schemas: readonly string[]): Finding[] {
  const texts = sqlTexts(file)
  const temporary = new Set(
    texts.flatMap(({ text }) =>
      [...text.matchAll(/create\s+temp(?:orary)?\s+table\s+(?:if\s+not\s+exists\s+)?(\w+)/gi)].map(
        (m) => m[1] ?? '',
      ),
    ),
  )
  const findings = texts.flatMap(({ where, text }) => [
    ...writtenTables(text)
      .filter((table) => !temporary.has(table) && !rights.writes.some((start) => table.startsWith(start)))
      .map(
        (table) =>
          `${where}: writes ${table}; this file writes only ${rights.writes.join(', ')}* with the name written out`,
      ),
    ...mentionedSchemas(text, schemas)
      .filter((schema) => !rights.reads.includes(schema))
      .map((schema) => `${where}: reads ${schema}.*; allowed: ${rights.reads.join(', ')}`),
  ])
  return [...new Set(findings)]
}

/** A second writer of money must fail and be seen, never be skipped. */
export function silentConflicts(file: SourceFile): Finding[] {
  const own = MONEY_SCHEMAS.some((schema) => file.path.startsWith(`server/engines/${schema}/`))
  const isSilent = ({ text }: SqlText) =>
    /\bon\s+conflict\b[^;]*?\bdo\s+nothing\b/i.test(text) &&
    (own || writtenTables(text).some((table) => MONEY_SCHEMAS.includes(table.split('.')[0] ?? '')))
  return sqlTexts(file)
    .filter(isSilent)
    .map(({ where }) => `${where}: ON CONFLICT DO NOTHING on a money table`)
}

/** The demonstration reaches its figures by the deeds of people, so it has no SQL at all and names no ledger table. */
export function demonstrationDeeds(file: SourceFile, tables: readonly string[]): Finding[] {
  const named = new RegExp(`\\b(benefits|funds)\\.(${tables.join('|')})\\b`)
  const source = parse(file)
  const findings: Finding[] = sqlTexts(file).map(({ where }) => `${where}: SQL in the demonstration loader`)
  visit(source, (node) => {
    if (ts.isStringLiteralLike(node) && named.test(node.text))
      findings.push(`${at(file, source, node)}: names a ledger table`)
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      ['query', 'execute', 'executeQuery'].includes(calleeName(node))
    )
      findings.push(`${at(file, source, node)}: speaks to the database`)
  })
  return findings
}

const RUNNERS = new Set(['test', 'it', 'describe', 'suite', 'bench', 'expect'])
const SHUT = new Set(['skip', 'only', 'todo', 'fails', 'skipIf', 'runIf', 'retry', 'repeats'])

/** A test runs, always and once. */
export function shutTests(file: SourceFile): Finding[] {
  const source = parse(file)
  const findings: Finding[] = []
  visit(source, (node) => {
    if (ts.isPropertyAccessExpression(node) && SHUT.has(node.name.text) && RUNNERS.has(rootName(node)))
      findings.push(`${at(file, source, node)}: ${node.getText(source)}`)
    if (ts.isPropertyAssignment(node) && isTestOption(node))
      findings.push(`${at(file, source, node)}: ${node.getText(source)}`)
  })
  return findings
}

function rootName(node: ts.Expression): string {
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return rootName(node.expression)
  return ts.isIdentifier(node) ? node.text : ''
}

/** test('…', { retry: 2 }, …) and the same word in a runner's configuration: test: { retry: 2 }. */
function isTestOption(node: ts.PropertyAssignment): boolean {
  if (!SHUT.has(node.name.getText())) return false
  const owner = node.parent.parent
  if (ts.isPropertyAssignment(owner)) return owner.name.getText() === 'test'
  return ts.isCallExpression(owner) && RUNNERS.has(rootName(owner.expression))
}

/** A suppression has a reason, a TODO a name and a date. */
export function comments({ path, text }: SourceFile): Finding[] {
  return text.split('\n').flatMap((line, index) => {
    const where = `${path}:${index + 1}`
    const bare = /(\/\/|\*).*\bTODO\b(?!\([^,)]+, \d{4}-\d{2}-\d{2}\))/.test(line)
    const mute = /eslint-disable/.test(line) && !/eslint-disable(-next-line|-line)? \S+.* -- \S/.test(line)
    return [
      ...(bare ? [`${where}: a TODO without name and date`] : []),
      ...(mute ? [`${where}: a suppression without rule or reason`] : []),
    ]
  })
}
