import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commands } from '../../server/app.ts'
import { buildHttp } from '../../server/http.ts'
import { getActor } from '../../server/platform/access.ts'
import { execute } from '../../server/platform/command.ts'
import { routes } from '../../server/routes.ts'
import { asking, type Asking } from '../asking.ts'
import { fullNumbers, numbersIn, textOf } from '../full-numbers.ts'
import { proposeSome, type Known } from './office-cases.ts'
import { openOffice, type OfficeWorld } from './office-world.ts'

/** What leaves the office, as files and on paper: not one full number of anybody on file. OUTPUTS says how many are made. */

const OUTPUTS = Number(process.env.OUTPUTS ?? 120)
/** One in so many is a page on paper: a browser takes its time. */
const PAPER = 10

let office: OfficeWorld
let http: FastifyInstance
let known: Known
let numbers: ReadonlySet<string>
let people: { id: string; full_name: string }[]
let awards: string[]

beforeAll(async () => {
  office = await openOffice()
  const { db, county } = office
  known = await proposeSome(office)
  http = await buildHttp(db.deps, {
    routes,
    isDemo: true,
    mostRequests: 10_000_000,
    mostReleases: 10_000_000,
  })
  const clerk = await getActor(db.deps.database.app, 'clerk')
  numbers = await fullNumbers(db, county, clerk)
  people = (
    await db.pool.query<{ id: string; full_name: string }>(
      `select id, full_name from registry.person where county = $1 order by id`,
      [county],
    )
  ).rows
  awards = (
    await db.pool.query<{ award_id: string }>(
      `select distinct award_id from benefits.obligation_line where county = $1 order by award_id`,
      [county],
    )
  ).rows.map((row) => row.award_id)
  await writeNumbersDown()
}, 300_000)
afterAll(async () => {
  await http.close()
  await office.close()
})

/** What stands before a number that was typed, and is not one itself. */
const TYPED = /本人证号|卡号 /

/** Somebody types full numbers where words belong: in groups, in full width, with a small x. */
async function writeNumbersDown(): Promise<void> {
  const { db, county } = office
  const actor = await getActor(db.deps.database.app, 'funds.clerk')
  const typed = [...numbers].filter(({ length }) => length >= 15).slice(0, 40)
  for (const [index, awardId] of awards.slice(0, 20).entries()) {
    const [one = '', two = ''] = typed.slice(index * 2)
    const wide = [...one].map((sign) => String.fromCodePoint((sign.codePointAt(0) ?? 0) + 0xfee0)).join('')
    await execute(db.deps, commands.setHold, {
      ...{ actor, county, idempotencyKey: randomUUID() },
      input: {
        ...{ awardId, fromMonth: '2020-12', reviewOn: '2021-03-01' },
        cause: `本人证号${index % 2 === 0 ? one.toLowerCase() : wide}待核`,
        evidence: `卡号 ${two.replace(/(\d{4})(?=\d)/g, '$1 ')}退回`,
      },
    })
  }
}

interface File {
  login: string
  list: string
  filter: Record<string, unknown>
}

function* files(): Generator<File> {
  const month = (index: number) => `2020-${String((index % 11) + 1).padStart(2, '0')}`
  const changes = ['new', 'ended', 'raised', 'lowered', 'unchanged', 'arrears', 'correction'] as const
  const counted = ['城镇低保人数', '农村低保人数', '城镇特困供养人员', '农村特困供养人员']
  for (let round = 0; ; round += 1) {
    const runNo = (round % 11) + 1
    const person = people[round % people.length]
    yield {
      login: 'clerk',
      list: 'people',
      filter: { text: [...(person?.full_name ?? '')].slice(0, 2).join('') },
    }
    yield { login: 'funds.clerk', list: 'holds', filter: {} }
    yield { login: 'checker', list: 'run-lines', filter: { runNo } }
    yield {
      login: 'checker',
      list: 'run-changes',
      filter: { runNo, change: changes[round % changes.length] },
    }
    yield { login: 'checker', list: 'run-sample', filter: { runNo, size: 10 } }
    yield { login: 'funds.clerk', list: 'instructions', filter: { batchNo: (round % 11) + 1 } }
    yield { login: 'funds.chief', list: 'claims', filter: {} }
    yield {
      login: 'clerk',
      list: 'people',
      filter: { text: people[(round * 7 + 3) % people.length]?.full_name ?? '' },
    }
    yield { login: 'checker', list: 'determinations', filter: {} }
    yield { login: 'clerk', list: 'figures', filter: { month: month(round) } }
    yield {
      login: 'clerk',
      list: 'figure-people',
      filter: { month: month(round), indicator: counted[round % 4] },
    }
    yield { login: 'clerk', list: 'standards', filter: {} }
    yield {
      login: 'admin.audit',
      list: 'audit',
      filter: { event: round % 2 === 0 ? 'funds.hold.set' : 'platform.list.exported' },
    }
  }
}

interface Sheet {
  login: string
  path: string
  ready: string
}

function* papers(): Generator<Sheet> {
  for (let round = 0; ; round += 1) {
    const award = awards[round % awards.length]
    yield { login: 'clerk', path: `awards/${award}/why`, ready: '.paper .sumline' }
    yield { login: 'checker', path: `runs/${(round % 11) + 1}/sheet`, ready: '.paper td' }
    yield { login: 'funds.clerk', path: `batches/${(round % 11) + 1}/sheet`, ready: '.paper td' }
    yield { login: 'clerk', path: `people/${people[round % people.length]?.id}`, ready: '.timeline li' }
    yield { login: 'clerk', path: `awards/${award}`, ready: '.sumline' }
    yield { login: 'funds.clerk', path: `batches/${(round % 11) + 1}`, ready: 'table' }
    yield { login: 'checker', path: `determinations/${known.id}`, ready: '.compare' }
  }
}

const desks = new Map<string, Page>()

async function deskOf(login: string): Promise<Page> {
  const open = desks.get(login)
  if (open) return open
  const { page } = await office.signIn(login)
  // What the dialog of the browser does is not ours.
  await page.addInitScript(() => {
    window.print = () => document.documentElement.setAttribute('data-printed', '')
  })
  desks.set(login, page)
  return page
}

/** As it comes out of the printer: what the paper's style shows, and the pages. */
async function printed({ login, path, ready }: Sheet): Promise<{ text: string; pages: number }> {
  const page = await deskOf(login)
  await page.goto(office.url + path)
  await page.locator(ready).first().waitFor()
  await page.keyboard.press('Control+p')
  await page.locator('html[data-printed]').waitFor()
  await page.emulateMedia({ media: 'print' })
  const foot = await page.evaluate(() => document.documentElement.style.getPropertyValue('--print-mark'))
  expect(foot).toContain('打印编号')
  const text = await page.locator('body').innerText()
  const pdf = await page.pdf({ preferCSSPageSize: true })
  await page.emulateMedia({ media: 'screen' })
  return { text, pages: [...pdf.toString('latin1').matchAll(/\/Type\s*\/Page\b/g)].length }
}

test('the search finds a full number in every form in which it could stand', () => {
  const [number = ''] = [...numbers].filter(({ length }) => length === 18)
  const wide = [...number].map((sign) => String.fromCodePoint((sign.codePointAt(0) ?? 0) + 0xfee0)).join('')
  const forms = [
    number,
    number.toLowerCase(),
    `${number.slice(0, 6)} ${number.slice(6, 14)}-${number.slice(14)}`,
    wide,
    `7${number}`,
  ]

  expect(numbers.size).toBeGreaterThan(400)
  for (const form of forms) expect(numbersIn(`证号${form}。`, numbers)).toEqual([number])
  expect(numbersIn(`${number.slice(0, 4)}**********${number.slice(-4)}`, numbers)).toEqual([])
})

test(`${OUTPUTS} files and papers, and not one full number`, async () => {
  const askers = new Map<string, Asking>()
  const [file, paper] = [files(), papers()]
  const found: string[] = []
  const reached = new Set<string>()
  const made = { files: 0, papers: 0, bytes: 0, characters: 0, pages: 0 }
  for (let output = 0; output < OUTPUTS; output += 1) {
    if (output % PAPER === PAPER - 1) {
      const sheet = paper.next().value as Sheet
      const { text, pages } = await printed(sheet)
      made.papers += 1
      made.pages += pages
      made.characters += text.length
      expect([sheet.path, pages > 0, text]).toEqual([sheet.path, true, expect.stringContaining('打印编号')])
      found.push(...numbersIn(text, numbers).map(() => sheet.path))
      continue
    }
    const { login, list, filter } = file.next().value as File
    const format = output % 2 === 0 ? 'csv' : 'xlsx'
    const actor = await getActor(office.db.deps.database.app, login)
    const asker = askers.get(login) ?? (await asking(office.db, http, office.county, actor))
    askers.set(login, asker)
    const { status, bytes } = await asker.post(`/exports/${list}`, {
      ...filter,
      format,
      purpose: 'check_work',
    })
    expect([list, filter, status]).toEqual([list, filter, 200])
    const text = textOf(bytes)
    made.files += 1
    made.bytes += bytes.length
    made.characters += text.length
    expect(text).toContain('导出编号')
    if (TYPED.test(text)) reached.add(list)
    found.push(...numbersIn(text, numbers).map(() => `${list}.${format}`))
  }
  if (process.env.OUTPUTS)
    console.info(JSON.stringify({ outputs: OUTPUTS, ...made, numbers: numbers.size, found: found.length }))
  // What was typed is in them, only not its numbers.
  expect([...reached]).toContain('holds')
  expect(found).toEqual([])
}, 3_600_000)
