import type { Finding, SourceFile } from './source-files.ts'
import { withoutComments } from './sql-in-source.ts'

const CONSTRAINTS = new Set(['primary', 'unique', 'check', 'exclude', 'foreign', 'references'])

/** Constraints of CREATE TABLE and ALTER TABLE that carry no name, for tables of the given schemas. */
export function unnamedConstraints({ path, text }: SourceFile, schemas: readonly string[]): Finding[] {
  return statements(text).flatMap((statement) => {
    const match =
      /^\s*(?:create\s+table(?:\s+if\s+not\s+exists)?|alter\s+table(?:\s+if\s+exists)?(?:\s+only)?)\s+((\w+)\.\w+)/i.exec(
        statement,
      )
    const [, table = '', schema = ''] = match ?? []
    if (!schemas.includes(schema)) return []
    const depth = /^\s*create/i.test(statement) ? 1 : 0
    return unnamedIn(statement, depth).map((kind) => `${path}: ${table}: an unnamed constraint (${kind})`)
  })
}

function unnamedIn(statement: string, level: number): string[] {
  const found: string[] = []
  let depth = 0
  let clause: string[] = []
  for (const [token] of statement.toLowerCase().matchAll(/[(),]|[\w.]+/g)) {
    if (token === ')') depth--
    if (depth === level) {
      if (token === ',') clause = []
      else if (isUnnamed(token, clause)) found.push(token)
      clause.push(token)
    }
    if (token === '(') depth++
  }
  return found
}

/** `clause` holds the words since the last comma: a named constraint ends it with "constraint <name>". */
function isUnnamed(token: string, clause: readonly string[]): boolean {
  if (!CONSTRAINTS.has(token)) return false
  if (token === 'references' && clause.includes('foreign')) return false
  const verb = clause[0] ?? ''
  if (['drop', 'validate', 'rename'].includes(verb)) return false
  return clause.at(-2) !== 'constraint'
}

/** Statements of a migration without comments, strings and function bodies. */
function statements(text: string): string[] {
  return withoutComments(text)
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
    .replace(/'(?:[^']|'')*'/g, "''")
    .split(';')
}

/** NNNN_owner_verb_what.sql, each number once, in order without gaps. */
export function migrationNames(names: readonly string[]): Finding[] {
  return [...names].sort().flatMap((name, index) => {
    const number = String(index + 1).padStart(4, '0')
    if (!/^\d{4}_[a-z]+(_[a-z0-9]+){2,}\.sql$/.test(name))
      return [`${name}: expected NNNN_owner_verb_what.sql`]
    return name.startsWith(number) ? [] : [`${name}: expected number ${number}`]
  })
}
