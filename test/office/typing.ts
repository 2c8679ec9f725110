import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { openKillable } from '../browser.ts'
import { openSession } from '../asking.ts'
import type { Known } from './office-cases.ts'
import type { OfficeWorld } from './office-world.ts'

/** Somebody types into a form of the office, and their browser is killed. */

interface TypedForm {
  login: string
  path: (known: Known) => string
  /** What is pressed until the form is there. */
  open?: (page: Page) => Promise<void>
  field: (page: Page) => Locator
}

const labelled = (label: RegExp) => (page: Page) => page.getByLabel(label).first()
const press = (name: RegExp) => (page: Page) => page.getByRole('button', { name }).first().click()

export const TYPED_FORMS: Readonly<Record<string, TypedForm>> = {
  'award.change': {
    ...{ login: 'clerk', path: ({ awardId }) => `awards/${awardId}/change`, field: labelled(/^原因/) },
  },
  'determination.edit': {
    ...{ login: 'clerk', path: ({ id }) => `determinations/${id}/edit`, field: labelled(/^依据的条款/) },
  },
  'determination.refuse': {
    ...{ login: 'checker', path: ({ id }) => `determinations/${id}`, field: labelled(/为什么退回/) },
    open: press(/^退回/),
  },
  'standards.new': {
    ...{ login: 'clerk', path: () => 'standards/new', field: labelled(/农村低保标准新标准/) },
  },
  'batch.new': { login: 'funds.clerk', path: () => 'batches/new', field: labelled(/批次名称/) },
  'budget.new': {
    ...{ login: 'funds.clerk', path: () => 'budgets', field: labelled(/^来源/), open: press(/登记/) },
  },
  'hold.new': {
    ...{ login: 'funds.clerk', path: () => 'holds', field: labelled(/^原因/), open: press(/暂缓一笔/) },
  },
  'account.new': {
    ...{ login: 'admin.security', path: () => 'accounts', field: labelled(/^姓名/), open: press(/建立账号/) },
  },
  'calendar.day': {
    ...{
      login: 'admin.system',
      path: () => 'calendar',
      field: labelled(/依据的通知/),
      open: press(/更正一天/),
    },
  },
}

export interface KillPlan {
  form: string
  /** Opened again on the same computer, or on another that has nothing but the server. */
  isSame: boolean
  /** How long is typed until the kill. */
  typingMs: number
  dice: () => number
}

export interface KillResult {
  typed: string
  recovered: string
  /** Characters in the last text that the server had answered for before the kill. */
  acknowledged: number
  /** Age, at the kill, of the oldest character that was lost. */
  lostMs: number
}

const CHARACTERS = '户主收入减少增加残疾重病老人儿童复核认定标准补发abcdefghij0123456789，。；'

/** Types, kills, opens again, takes up the draft, and tells what is missing. */
export async function killWhileTyping(
  office: OfficeWorld,
  known: Known,
  { form, isSame, typingMs, dice }: KillPlan,
): Promise<KillResult> {
  const wanted = TYPED_FORMS[form]
  if (!wanted) throw new Error(`no form ${form}`)
  await office.db.pool.query('delete from platform.draft')
  const profiles = [1, 2].map(() => mkdtempSync(path.join(tmpdir(), 'minben-profile-')))
  const [here = '', elsewhere = ''] = profiles
  try {
    const typed = await typeUntilKilled(office, known, { wanted, profile: here, typingMs, dice })
    const recovered = await recover(office, known, { wanted, profile: isSame ? here : elsewhere })
    const text = typed.keys.map(({ text: key }) => key).join('')
    const first = typed.keys[recovered.length]
    const lostMs = text.startsWith(recovered) && first ? typed.killedAt - first.at : 0
    return { typed: text, recovered, acknowledged: typed.acknowledged(text), lostMs }
  } finally {
    for (const profile of profiles) rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
  }
}

interface Sitting {
  wanted: TypedForm
  profile: string
}

async function typeUntilKilled(
  office: OfficeWorld,
  known: Known,
  { wanted, profile, typingMs, dice }: Sitting & Pick<KillPlan, 'typingMs' | 'dice'>,
) {
  const { page, kill } = await sitDown(office, known, { wanted, profile })
  const acknowledged = watchSaves(page)
  const field = wanted.field(page)
  await field.fill('')
  await field.focus()
  const keys: { text: string; at: number }[] = []
  const until = performance.now() + typingMs
  while (performance.now() < until) {
    const text = CHARACTERS[Math.floor(dice() * CHARACTERS.length)] ?? ''
    keys.push({ text, at: performance.now() })
    await page.keyboard.insertText(text)
    await pause(Math.min(30 + dice() * 130, Math.max(0, until - performance.now())))
  }
  const killedAt = performance.now()
  await kill()
  return { keys, killedAt, acknowledged }
}

/** How much of what was typed the server has said to have. */
function watchSaves(page: Page): (typed: string) => number {
  const contents: string[] = []
  page.on('response', (response) => {
    if (!/\/drafts\/[0-9a-f-]{36}$/.test(response.url()) || response.status() !== 200) return
    contents.push((response.request().postDataJSON() as { content: string }).content)
  })
  return (typed) => {
    const lengths = contents
      .flatMap((content) => textsIn(JSON.parse(content)))
      .map((text) => (typed.startsWith(text) ? text.length : 0))
    return Math.max(0, ...lengths)
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : []
}

async function recover(office: OfficeWorld, known: Known, sitting: Sitting): Promise<string> {
  const { page, kill, looked } = await sitDown(office, known, sitting)
  const field = sitting.wanted.field(page)
  try {
    await looked
    const again = page.getByRole('button', { name: '继续填写' }).first()
    const isOffered = await again.waitFor({ timeout: 4000 }).then(
      () => true,
      () => false,
    )
    if (!isOffered) return ''
    await again.click()
    return await field.inputValue()
  } finally {
    await kill()
  }
}

/** Signs in without the password's slow hash, and opens the form. */
async function sitDown(office: OfficeWorld, known: Known, { wanted, profile }: Sitting) {
  const { context, kill } = await openKillable(profile)
  const { rows } = await office.db.pool.query<{ id: string }>(
    'select id from platform.account where login = $1',
    [wanted.login],
  )
  const value = await openSession(office.db, rows[0]?.id ?? '')
  const { origin } = new URL(office.url)
  await context.addCookies([{ name: 'minben_session', value, url: origin }])
  const page = context.pages()[0] ?? (await context.newPage())
  // Every form asks for its drafts when it is opened.
  const looked = page.waitForResponse(/\/drafts\?/).catch(() => undefined)
  await page.goto(office.url + wanted.path(known))
  await wanted.open?.(page)
  await wanted.field(page).waitFor()
  return { page, kill, looked }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** From a key to the next frame that shows it, for each key. */
export async function measureTyping(page: Page, field: Locator, keys: string): Promise<number[]> {
  await field.focus()
  await page.evaluate(() => {
    const times: number[] = []
    Object.assign(window, { keyTimes: times })
    document.addEventListener(
      'keydown',
      ({ timeStamp }) => {
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => times.push(performance.now() - timeStamp)
          port2.postMessage(undefined)
        })
      },
      true,
    )
  })
  for (const key of keys) {
    await page.keyboard.press(key)
    await pause(90)
  }
  return page.evaluate(() => (window as unknown as { keyTimes: number[] }).keyTimes)
}
