import { findInstallation, listNames } from './account.db.ts'
import { command, type Ctx } from './command.ts'
import { nextNumber } from './counter.db.ts'
import type { Instant } from './dates.ts'
import { releaseMark, type Release } from './export.rules.ts'
import { printEndpoint, RELEASE_PERMISSION } from './export.schema.ts'

export interface Issued {
  no: number
  /** Whose copy it is, for the head of a file and the foot of a page. */
  mark: string
  at: Instant
}

/** Every file and paper that leaves has a number of one series of its county; the caller leaves the audit row. */
export async function issue(
  { tx, actor, county, clock }: Ctx,
  { deed, purpose }: Pick<Release, 'deed' | 'purpose'>,
): Promise<Issued> {
  const no = await nextNumber(tx, county, 'release')
  const at = await clock.now(tx)
  const by = (await listNames(tx, [actor.id])).get(actor.id) ?? actor.login
  const isDemo = (await findInstallation(tx))?.isDemo ?? false
  return { no, at, mark: releaseMark({ deed, county, no, by, at, purpose, isDemo }) }
}

/** A page is about to go on paper. */
export const recordPrint = command({
  event: 'platform.page.printed',
  permission: RELEASE_PERMISSION,
  input: printEndpoint.input.omit({ county: true }),
  run: async (ctx: Ctx, _page) => {
    const { no, mark } = await issue(ctx, { deed: '打印', purpose: undefined })
    return { no, mark }
  },
  subject: ({ page }, { no }) => ({ release: no, page }),
})
