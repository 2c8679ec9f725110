import ts from 'typescript'
import { at, parse, visit, type Finding, type SourceFile } from './source-files.ts'
import { calleeName } from './sql-in-source.ts'

/**
 * Places where a statement reaches the database as text that is not written out there: put together from parts, or handed in. A value in
 * an `sql` template is a parameter and no text; `sql.table` and `sql.ref` quote the name they are given.
 */
export function builtSql(file: SourceFile): Finding[] {
  const source = parse(file)
  const constants = writtenConstants(source)
  const findings: Finding[] = []
  visit(source, (node) => {
    const text = ts.isCallExpression(node) ? statementOf(node) : undefined
    if (text === undefined || isWritten(text, constants)) return
    findings.push(`${at(file, source, node)}: ${text.getText(source).split('\n', 1)[0]}`)
  })
  return findings
}

/** The argument that is a statement, of calls that take one. */
function statementOf(node: ts.CallExpression): ts.Expression | undefined {
  const name = calleeName(node)
  const owner = ts.isPropertyAccessExpression(node.expression) ? node.expression.expression.getText() : ''
  if (owner === 'sql' && (name === 'raw' || name === 'lit')) return node.arguments[0]
  if (owner === 'CompiledQuery' && name === 'raw') return node.arguments[0]
  if (name === 'copyOut' || name === 'copyIn') return node.arguments[1]
  if (name === 'copyTo' || name === 'copyFrom' || name === 'copyOutQuery') return node.arguments[0]
  // `.query` is also a word of our own: a statement is a text, not a definition.
  if (name !== 'query' || owner === '') return undefined
  const [first] = node.arguments
  return first && ts.isObjectLiteralExpression(first) ? undefined : first
}

/** `const GRANT = 'grant …'` at the top of a file. */
function writtenConstants(source: ts.SourceFile): ReadonlySet<string> {
  const names = source.statements
    .filter((each) => ts.isVariableStatement(each))
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .filter(({ name, initializer }) => ts.isIdentifier(name) && initializer && isText(initializer))
  return new Set(names.map(({ name }) => name.getText(source)))
}

function isText(node: ts.Expression): boolean {
  return ts.isStringLiteralLike(node)
}

function isWritten(node: ts.Expression, constants: ReadonlySet<string>): boolean {
  if (isText(node)) return true
  if (ts.isIdentifier(node)) return constants.has(node.text)
  // A row of COPY is named by its columns alone.
  return ts.isCallExpression(node) && calleeName(node) === 'copyOutQuery'
}
