import { AxeBuilder } from '@axe-core/playwright'
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { proposeSome, type Known } from './office-cases.ts'
import { loadSome } from './office-lists.ts'
import { openOffice, type Desk, type Display, type OfficeWorld } from './office-world.ts'

/** Every page of the office: read by axe in each appearance, without a complaint of the browser. */

let office: OfficeWorld
let personId: string
const desks = new Map<string, Pick<Desk, 'page' | 'complaints'>>()
let known: Known
let importId: string

beforeAll(async () => {
  office = await openOffice()
  const { rows } = await office.db.pool.query<{ id: string }>(
    `select p.id from registry.person p join registry.household_member m on m.county = p.county and m.person_id = p.id order by p.id limit 1`,
  )
  personId = rows[0]?.id ?? ''
  known = await proposeSome(office)
  importId = await loadSome(office)
}, 300_000)
afterAll(() => office.close())

/** What is asked for at each address of the router, by whom, and what the page shows when it is ready. */
const VISITS: Readonly<Record<string, { path: () => string; login: string; ready: string }>> = {
  '/': { path: () => '', login: 'checker', ready: '.change-box' },
  '/determinations': { path: () => 'determinations', login: 'checker', ready: '.compare' },
  '/determinations/$id': { path: () => `determinations/${known.id}`, login: 'chief', ready: '.compare' },
  '/determinations/$id/edit': {
    path: () => `determinations/${known.id}/edit`,
    login: 'clerk',
    ready: '.compare',
  },
  '/awards/$awardId': { path: () => `awards/${known.awardId}`, login: 'clerk', ready: '.sumline' },
  '/awards/$awardId/why': { path: () => `awards/${known.awardId}/why`, login: 'clerk', ready: '.sumline' },
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
  '/runs/$runNo/sheet': { path: () => 'runs/3/sheet', login: 'checker', ready: '.paper td' },
  '/people': { path: () => 'people', login: 'clerk', ready: 'h1' },
  '/people/$personId': { path: () => `people/${personId}`, login: 'clerk', ready: '.timeline li' },
  '/imports': { path: () => 'imports', login: 'clerk', ready: 'table' },
  '/imports/new': { path: () => 'imports/new', login: 'clerk', ready: '.drop' },
  '/imports/$importId': { path: () => `imports/${importId}`, login: 'clerk', ready: 'table' },
  '/standards': { path: () => 'standards', login: 'clerk', ready: 'table' },
  '/standards/new': { path: () => 'standards/new', login: 'clerk', ready: 'table' },
  '/batches': { path: () => 'batches', login: 'funds.clerk', ready: 'table' },
  '/batches/new': { path: () => 'batches/new', login: 'funds.clerk', ready: 'h1' },
  '/batches/$batchNo': { path: () => 'batches/1', login: 'funds.clerk', ready: 'table' },
  '/batches/$batchNo/sheet': { path: () => 'batches/1/sheet', login: 'funds.clerk', ready: '.paper td' },
  '/holds': { path: () => 'holds', login: 'funds.clerk', ready: 'h1' },
  '/budgets': { path: () => 'budgets', login: 'funds.clerk', ready: 'h1' },
  '/claims': { path: () => 'claims', login: 'funds.clerk', ready: 'h1' },
  '/figures': { path: () => 'figures', login: 'clerk', ready: 'table' },
  '/audit': { path: () => 'audit', login: 'admin.audit', ready: 'table' },
  '/accounts': { path: () => 'accounts', login: 'admin.security', ready: 'table' },
  '/roles': { path: () => 'roles', login: 'admin.security', ready: '.matrix' },
  '/settings': { path: () => 'settings', login: 'clerk', ready: 'table' },
  '/calendar/new': { path: () => 'calendar/new?year=2027', login: 'admin.system', ready: 'textarea' },
  '/calendar': { path: () => 'calendar', login: 'admin.system', ready: 'table' },
  '/profile': { path: () => 'profile', login: 'clerk', ready: 'table' },
}

const APPEARANCES: readonly Display[] = (['light', 'dark', 'contrast'] as const).flatMap((theme) =>
  (['normal', 'large'] as const).map((size) => ({ theme, size })),
)
/** Written when asked for: npm test looks at the pages without keeping pictures. */
const PICTURES = process.env.MINBEN_PICTURES
/** Large type has the colours of the normal one: without pictures it is judged in one theme. */
const JUDGED = APPEARANCES.filter(({ theme, size }) => PICTURES || size === 'normal' || theme === 'light')

function routerPaths(): string[] {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../web/app/router.tsx'), 'utf8')
  return [...text.matchAll(/^\s*path: '([^']+)'|path: '([^']+)', component/gm)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
}

/** Themes and sizes change how a page looks, not what it is made of: all rules in the first, in the others those that look. */
const LOOKS = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block']

async function judge(page: Page, display: Display): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  const { violations } = await (display === APPEARANCES[0] ? axe : axe.withRules(LOOKS)).analyze()
  return violations
    .filter(({ impact }) => impact !== 'minor')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

/** As the tools at the top do: the page stays, its appearance changes. */
async function show(page: Page, display: Display): Promise<void> {
  await page.evaluate((chosen) => void Object.assign(document.documentElement.dataset, chosen), display)
}

async function take(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return
  mkdirSync(PICTURES, { recursive: true })
  await page.screenshot({ path: path.join(PICTURES, `${name.replaceAll(/[/$ ]/g, '_')}.png`) })
}

test('every address of the router is visited here', () => {
  expect(Object.keys(VISITS).toSorted()).toEqual([...new Set(routerPaths())].toSorted())
})

test.each(Object.entries(VISITS))('%s in every appearance', async (address, { path: at, login, ready }) => {
  const { page, complaints } = desks.get(login) ?? (await office.signIn(login))
  desks.set(login, { page, complaints })
  await page.goto(office.url + at())
  await page.locator(ready).first().waitFor()
  if (PICTURES) await page.waitForLoadState('networkidle')
  const wrong: string[] = []
  for (const display of JUDGED) {
    const name = `${address} ${display.theme} ${display.size}`
    await show(page, display)
    await take(page, name)
    wrong.push(...(await judge(page, display)).map((each) => `${name}: ${each}`))
  }
  expect([...wrong, ...complaints.splice(0)]).toEqual([])
})
