import { randomUUID } from 'node:crypto'
import { routes } from '../server/routes.ts'
import type { ChangeKind, Changed } from '../server/engines/benefits/run-change.schema.ts'
import type { Actor } from '../server/platform/access.ts'
import type { Deps } from '../server/platform/command.ts'

export interface OpenedBar {
  bar: { count: number; fen: number } | null
  items: Changed[]
}

/** The whole list behind a bar of a run, page by page. */
export async function openBar(
  deps: Deps,
  actor: Actor,
  question: {
    county: string
    runNo: number
    change: ChangeKind
    program?: string
    town?: string
    limit?: number
  },
): Promise<OpenedBar> {
  const route = routes.find(({ endpoint }) => endpoint.path.endsWith('/runs/:runNo/changes'))
  if (!route) throw new Error('the list of changes has no address')
  const items: Changed[] = []
  for (let after: string | undefined; ;) {
    const asker = { actor, requestId: randomUUID(), idempotencyKey: undefined }
    const input = { limit: 200, ...question, ...(after === undefined ? {} : { after }) }
    const page = (await route.answer(deps, asker, input as never)) as OpenedBar & { next: string | null }
    items.push(...page.items)
    if (page.next === null) return { bar: page.bar, items }
    after = page.next
  }
}

export const CHANGES: readonly ChangeKind[] = [
  ...(['new', 'ended', 'raised', 'lowered', 'unchanged', 'arrears', 'correction'] as const),
]
