import ts from 'typescript'
import { visit, type Finding, type SourceFile } from './source-files.ts'

/** What people type or choose into. */
const FIELDS = new Set([
  ...['input', 'textarea', 'select', 'Input', 'SearchField'],
  ...['Field', 'TextBox', 'Select', 'Choice', 'FileChooser'],
])

interface Component {
  name: string
  path: string
  /** JSX names in it. */
  shows: string[]
  sends: ts.CallExpression[]
  keeps: boolean
}

/**
 * Whatever is typed and sent is kept meanwhile: a component that sends something and shows a field, itself or through what it shows,
 * keeps by `useKept`, and every write of it names the form. `exempt`: components with the reason why nothing of theirs is kept.
 */
export function unkeptForms(
  files: readonly SourceFile[],
  exempt: Readonly<Record<string, string>>,
): Finding[] {
  const components = files.flatMap((file) => componentsOf(file))
  const known = new Map<string, Component[]>()
  for (const each of components) known.set(each.name, [...(known.get(each.name) ?? []), each])
  const idle = Object.keys(exempt).filter((key) => !components.some((each) => keyOf(each) === key))
  const needless = components.filter(
    (each) => keyOf(each) in exempt && findingsOf(each, known, {}).length === 0,
  )
  return [
    ...idle.map((key) => `${key}: exempt, and not there`),
    ...needless.map((each) => `${keyOf(each)}: exempt, and nothing to be said of it`),
    ...components.flatMap((component) => findingsOf(component, known, exempt)),
  ]
}

function findingsOf(
  component: Component,
  known: ReadonlyMap<string, readonly Component[]>,
  exempt: Readonly<Record<string, string>>,
): Finding[] {
  const { path, name, sends, keeps } = component
  if (sends.length === 0 || keyOf(component) in exempt || !hasField(component, known, new Set())) return []
  if (!keeps) return [`${path}: ${name} sends what is typed and does not keep it (useKept)`]
  const bare = sends.filter(({ arguments: given }) => given.length < 3)
  return bare.map((call) => `${path}: ${name}: ${call.getText()} names no form`)
}

function keyOf({ path, name }: Component): string {
  return `${path.replace(/^web\//, '')} ${name}`
}

/** Through what it shows, down to the components that keep their own. */
function hasField(
  { shows, path }: Component,
  known: ReadonlyMap<string, readonly Component[]>,
  seen: Set<string>,
): boolean {
  return shows.some((name) => {
    if (FIELDS.has(name)) return true
    const same = known.get(name) ?? []
    const [child] = same.length > 1 ? same.filter((each) => each.path === path) : same
    if (!child || seen.has(keyOf(child)) || child.path.startsWith('web/ui/')) return false
    seen.add(keyOf(child))
    return !child.keeps && child.sends.length === 0 && hasField(child, known, seen)
  })
}

function componentsOf(file: SourceFile): Component[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TSX)
  const helpers = new Map<string, ts.FunctionDeclaration>()
  for (const each of source.statements)
    if (ts.isFunctionDeclaration(each) && each.name) helpers.set(each.name.text, each)
  return [...helpers].flatMap(([name, body]) =>
    /^[A-Z]/.test(name) ? [componentOf({ name, path: file.path, body }, helpers)] : [],
  )
}

/** A hook of the same file belongs to the component that calls it. */
function componentOf(
  { name, path, body }: { name: string; path: string; body: ts.FunctionDeclaration },
  helpers: ReadonlyMap<string, ts.FunctionDeclaration>,
): Component {
  const component: Component = { name, path, shows: [], sends: [], keeps: false }
  const see = (node: ts.Node) => {
    if (ts.isJsxOpeningElement(node) || ts.isJsxSelfClosingElement(node))
      component.shows.push(node.tagName.getText())
    if (!ts.isCallExpression(node)) return
    const called = node.expression.getText()
    const hook = helpers.get(called)
    if (called === 'useCommand') component.sends.push(node)
    else if (called === 'useKept') component.keeps = true
    else if (hook && /^use[A-Z]/.test(called)) visit(hook, see)
  }
  visit(body, see)
  return component
}
