import { AxeBuilder } from '@axe-core/playwright'
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { proposeSome, type Known } from './office-cases.ts'
import { openOffice, type Desk, type Display, type OfficeWorld } from './office-world.ts'

/** Every page of the office: read by axe in each appearance, without a complaint of the browser. */

let office: OfficeWorld
let personId: string
let known: Known

beforeAll(async () => {
  office = await openOffice()
  const { rows } = await office.db.pool.query<{ id: string }>(
    `select p.id from registry.person p join registry.household_member m on m.county = p.county and m.person_id = p.id order by p.id limit 1`,
  )
  personId = rows[0]?.id ?? ''
  known = await proposeSome(office)
}, 300_000)
afterAll(() => office.close())

/** What is asked for at each address of the router, by whom, and what the page shows when it is ready. */
const VISITS: Readonly<Record<string, { path: () => string; login: string; ready: string }>> = {
  '/': { path: () => '', login: 'checker', ready: '.change-box' },
  '/determinations': { path: () => 'determinations', login: 'checker', ready: '.compare' },
  '/determinations/$id': { path: () => `determinations/${known.id}`, login: 'chief', ready: '.compare' },
  '/awards/$awardId': { path: () => `awards/${known.awardId}`, login: 'clerk', ready: '.sumline' },
  '/awards/$awardId/change': {
    path: () => `awards/${known.awardId}/change`,
    login: 'clerk',
    ready: '.compare',
  },
  '/households/$householdId': {
    path: () => `households/${known.householdId}`,
    login: 'clerk',
    ready: 'table',
  },
  '/runs': { path: () => 'runs', login: 'clerk', ready: 'table' },
  '/runs/$runNo': { path: () => 'runs/3', login: 'checker', ready: '.waterfall' },
  '/people': { path: () => 'people', login: 'clerk', ready: 'h1' },
  '/people/$personId': { path: () => `people/${personId}`, login: 'clerk', ready: '.timeline li' },
  '/standards': { path: () => 'standards', login: 'clerk', ready: 'table' },
  '/standards/new': { path: () => 'standards/new', login: 'clerk', ready: 'table' },
  '/batches': { path: () => 'batches', login: 'funds.clerk', ready: 'table' },
  '/batches/new': { path: () => 'batches/new', login: 'funds.clerk', ready: 'h1' },
  '/batches/$batchNo': { path: () => 'batches/1', login: 'funds.clerk', ready: 'table' },
  '/holds': { path: () => 'holds', login: 'funds.clerk', ready: 'h1' },
  '/budgets': { path: () => 'budgets', login: 'funds.clerk', ready: 'h1' },
  '/claims': { path: () => 'claims', login: 'funds.clerk', ready: 'h1' },
  '/figures': { path: () => 'figures', login: 'clerk', ready: 'table' },
  '/audit': { path: () => 'audit', login: 'admin.audit', ready: 'table' },
  '/accounts': { path: () => 'accounts', login: 'admin.security', ready: 'table' },
  '/calendar': { path: () => 'calendar', login: 'admin.system', ready: 'table' },
  '/profile': { path: () => 'profile', login: 'clerk', ready: 'table' },
}

const APPEARANCES: readonly Display[] = (['light', 'dark', 'contrast'] as const).flatMap((theme) =>
  (['normal', 'large'] as const).map((size) => ({ theme, size })),
)
/** Written when asked for: npm test looks at the pages without keeping pictures. */
const PICTURES = process.env.MINBEN_PICTURES
const ONLY = process.env.MINBEN_APPEARANCE

function routerPaths(): string[] {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../web/app/router.tsx'), 'utf8')
  return [...text.matchAll(/^\s*path: '([^']+)'|path: '([^']+)', component/gm)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
}

/** Themes and sizes change how a page looks, not what it is made of: all rules in the first, in the others those that look. */
const LOOKS = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block']

async function look({ page, complaints }: Desk, name: string, isFirst: boolean): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  const { violations } = await (isFirst ? axe : axe.withRules(LOOKS)).analyze()
  const found = violations
    .filter(({ impact }) => impact !== 'minor')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  return [...found, ...complaints.splice(0)].map((each) => `${name} ${each}`)
}

test('every address of the router is visited here', () => {
  expect(Object.keys(VISITS).toSorted()).toEqual([...new Set(routerPaths())].toSorted())
})

test.each(APPEARANCES.filter(({ theme, size }) => ONLY === undefined || ONLY === `${theme}-${size}`))(
  'pages in $theme, $size',
  async (display) => {
    const desks = new Map<string, Desk>()
    const wrong: string[] = []
    for (const [address, { path: at, login, ready }] of Object.entries(VISITS)) {
      const desk = desks.get(login) ?? (await office.signIn(login, display))
      desks.set(login, desk)
      await desk.page.goto(office.url + at())
      const came = desk.page.locator(ready).first().waitFor({ timeout: 15_000 })
      await came.catch(async () =>
        wrong.push(`${address}: no ${ready}: ${await desk.page.innerText('body')}`),
      )
      if (PICTURES) await desk.page.waitForLoadState('networkidle')
      if (PICTURES) {
        mkdirSync(PICTURES, { recursive: true })
        const name = `${address.replaceAll(/[/$]/g, '_')}-${display.theme}-${display.size}.png`
        await desk.page.screenshot({ path: path.join(PICTURES, name) })
      }
      wrong.push(
        ...(await look(desk, `${address} ${display.theme} ${display.size}`, display === APPEARANCES[0])),
      )
    }
    for (const { context } of desks.values()) await context.close()
    expect(wrong).toEqual([])
  },
  240_000,
)
