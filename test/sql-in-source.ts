import ts from 'typescript'
import { at, parse, visit, type SourceFile } from './source-files.ts'

/** SQL found in a TypeScript file; a placeholder stands where a value or a fragment is put in. */
export interface SqlText {
  where: string
  text: string
}

export const PLACEHOLDER = '$'

const STATEMENT =
  /^\s*(with\s|select\s|insert\s+into|update\s+\S+\s+(as\s+)?(\w+\s+)?set|delete\s+from|copy\s|truncate\s|merge\s+into|lock\s+table|(create|alter|drop)\s+(temp|table|index|view|schema|role|policy|function))/i

/** Builder calls and our bulk helpers, as the statement they stand for. The table is the first string among the arguments. */
const CALLS: Readonly<Record<string, string>> = {
  selectFrom: 'select from',
  innerJoin: 'join',
  leftJoin: 'join',
  rightJoin: 'join',
  fullJoin: 'join',
  using: 'join',
  insertInto: 'insert into',
  mergeInto: 'merge into',
  deleteFrom: 'delete from',
  updateTable: 'update',
  insertRows: 'insert into',
  copyIn: 'insert into',
}

/** Every SQL text of a file: `sql` templates, strings that are statements, `.query(…)` arguments, builder calls. */
export function sqlTexts(file: SourceFile): SqlText[] {
  const source = parse(file)
  const found: SqlText[] = []
  const names = namedFragments(source)
  visit(source, (node) => {
    const text = sqlOf(node, names)
    if (text !== undefined) found.push({ where: at(file, source, node), text: withoutComments(text) })
  })
  return found
}

type Names = ReadonlyMap<string, string>

/** `const target = sql.table(`benefits.${table}`)`: a name that stands for SQL wherever it is put in. */
function namedFragments(source: ts.SourceFile): Names {
  const names = new Map<string, string>()
  visit(source, (node) => {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || node.initializer === undefined)
      return
    const { initializer } = node
    if (ts.isCallExpression(initializer) && isSqlMember(initializer.expression)) {
      names.set(node.name.text, strings(initializer.arguments).join('.'))
    }
  })
  return names
}

function sqlOf(node: ts.Node, names: Names): string | undefined {
  if (ts.isTaggedTemplateExpression(node))
    return isSqlTag(node.tag) ? templateText(node.template, names) : undefined
  if (ts.isCallExpression(node)) return callAsSql(node)
  if (ts.isTemplateExpression(node) || ts.isStringLiteralLike(node)) {
    if (ts.isTaggedTemplateExpression(node.parent)) return undefined
    const text = templateText(node)
    return STATEMENT.test(text) ? text : undefined
  }
  return undefined
}

function isSqlTag(tag: ts.Expression): boolean {
  return ts.isIdentifier(tag) && tag.text === 'sql'
}

function callAsSql(node: ts.CallExpression): string | undefined {
  const name = calleeName(node)
  if (name === 'doNothing') return 'on conflict do nothing'
  if (isSqlMember(node.expression)) return strings(node.arguments).join('.')
  if (name === 'query' || name === 'copyOut') return strings(node.arguments)[0]
  const verb = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined // toLocaleString is everybody's property
  if (verb === undefined) return undefined
  const table = strings(node.arguments)[0] ?? PLACEHOLDER
  return verb === 'update' ? `update ${table} set` : `${verb} ${table}`
}

/** sql.table('benefits.run'), sql.ref('run.no'), sql.id('benefits', 'run'), sql.raw('…') */
function isSqlMember(callee: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(callee) && isSqlTag(callee.expression)
}

export function calleeName(node: ts.CallExpression): string {
  const callee = node.expression
  if (ts.isIdentifier(callee)) return callee.text
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : ''
}

function strings(args: readonly ts.Expression[]): string[] {
  return args
    .filter((arg) => ts.isStringLiteralLike(arg) || ts.isTemplateExpression(arg))
    .map((arg) => templateText(arg))
}

function templateText(node: ts.TemplateLiteral | ts.StringLiteralLike, names: Names = new Map()): string {
  if (ts.isStringLiteralLike(node)) return node.text
  return (
    node.head.text +
    node.templateSpans.map((span) => putIn(span.expression, names) + span.literal.text).join('')
  )
}

function putIn(expression: ts.Expression, names: Names): string {
  if (ts.isIdentifier(expression)) return names.get(expression.text) ?? PLACEHOLDER
  if (ts.isCallExpression(expression) && isSqlMember(expression.expression))
    return strings(expression.arguments).join('.') || PLACEHOLDER
  return PLACEHOLDER
}

export function withoutComments(text: string): string {
  return text.replace(/--[^\n]*/g, ' ').replace(/\/\*[\s\S]*?\*\//g, ' ')
}

const TARGET = '([\\w."$]+)'
const WRITES = [
  new RegExp(`\\binsert\\s+into\\s+${TARGET}`, 'gi'),
  new RegExp(
    `(?<!\\bdo\\s+|\\bfor\\s+|\\bno\\s+key\\s+)\\bupdate\\s+(?:only\\s+)?${TARGET}(?:\\s+(?:as\\s+)?\\w+)?\\s+set\\b`,
    'gi',
  ),
  new RegExp(`\\bdelete\\s+from\\s+(?:only\\s+)?${TARGET}`, 'gi'),
  new RegExp(`\\bcopy\\s+${TARGET}[^;]*?\\bfrom\\b`, 'gi'),
  new RegExp(`\\btruncate\\s+(?:table\\s+)?${TARGET}`, 'gi'),
  new RegExp(`\\bmerge\\s+into\\s+${TARGET}`, 'gi'),
]

/** Tables that a statement writes, as written: `benefits.run`, or a placeholder when the name is put in. */
export function writtenTables(text: string): string[] {
  return WRITES.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => (match[1] ?? '').replaceAll('"', '')),
  )
}

/** Our schemas that a statement mentions: tables, views, functions. */
export function mentionedSchemas(text: string, schemas: readonly string[]): string[] {
  const plain = text.replaceAll('"', '').replace(/'(?:[^']|'')*'/g, "''")
  return schemas.filter((schema) => new RegExp(`(?<![\\w.])${schema}\\.(\\w|\\$)`).test(plain))
}
