import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { base64, csvOf, PEOPLE } from './import-desk.ts'
import { idNumberOf } from './import-sheet.ts'
import type { SoakOffice } from './soak-office.ts'

/** A day at the office, over and over: every piece of work is brought back to where it began, so that only a leak can grow. */

const MONTH = '2020-03'
/** While a month is computed, it is settled for decisions. */
const DECIDED_FROM = '2020-04'

/** What there is to work on. */
export interface Stock {
  people: { id: string; name: string }[]
  households: string[]
  /** Granted without an end, with the content of the decision. */
  awards: { id: string; content: object }[]
  /** By name, with its town's. */
  village: string[]
  /** The last one published. */
  runNo: number
}

export async function stockOf(owner: pg.Pool, county: string): Promise<Stock> {
  const rowsOf = async <Row extends object>(text: string) => (await owner.query<Row>(text, [county])).rows
  const [run] = await rowsOf<{ no: number }>(
    `select max(no)::int as no from benefits.run where county = $1 and status = 'published' and program_group = 'basic_assistance'`,
  )
  const households = await rowsOf<{ id: string }>(
    `select id from registry.household where county = $1 order by id limit 50`,
  )
  const [place] = await rowsOf<{ village: string; town: string }>(
    `select v.name as village, t.name as town from registry.person p
       join registry.area v on v.code = p.village join registry.area t on t.code = p.town
      where p.county = $1 order by p.id limit 1`,
  )
  return {
    village: [place?.village ?? '', place?.town ?? ''],
    people: await rowsOf(
      `select id, full_name as name from registry.person where county = $1 order by id limit 200`,
    ),
    households: households.map(({ id }) => id),
    awards: await rowsOf(
      `select distinct on (a.id) a.id, d.content
         from benefits.award a join benefits.determination d on d.county = a.county and d.award_id = a.id
        where a.county = $1 and a.program = 'subsistence_allowance' and d.outcome = 'grant' and d.status = 'effective'
          and upper_inf(d.valid)
          and not exists (select from benefits.determination e
                           where e.county = a.county and e.award_id = a.id and (e.outcome = 'end' or lower(e.valid) > '2020-02-01'))
        order by a.id, lower(d.valid) desc limit 40`,
    ),
    runNo: run?.no ?? 0,
  }
}

/**
 * Ends when the office is over and everybody has put away what they had begun. The pauses keep one computer's limits of requests and of
 * passwords a minute (server/limits.ts); together about as many requests as thirty people make who click once a minute for eight hours.
 */
export async function workAll(office: SoakOffice, stock: Stock): Promise<void> {
  const town = office.logins.find((login) => /^town\..*clerk$/.test(login)) ?? ''
  await Promise.all([
    office.work(1500, (index) => runAndReject(office, index)),
    ...['clerk', 'checker', 'chief'].map((login) => office.work(3000, () => read(office, login, stock))),
    ...['clerk', town].map((login) => office.work(4000, () => draft(office, login))),
    ...['clerk', 'chief'].map((login) =>
      office.work(9000, (index) => takeOut(office, login, { index, stock })),
    ),
    office.work(10_000, () => comeAndGo(office, town)),
    office.work(2500, (index) => decide(office, index, stock)),
    office.work(4000, () => importAndUndo(office, stock)),
  ])
}

function one<Item>({ dice }: SoakOffice, items: readonly Item[]): Item {
  const item = items[dice.below(items.length)]
  if (item === undefined) throw new Error('there is nothing to choose from')
  return item
}

const LISTS = ['runs', 'determinations', 'holds', 'batches', 'claims', 'inbox', 'corrections', 'standards']

/** Looks for somebody, opens them as the page does, then a list. */
async function read(office: SoakOffice, login: string, stock: Stock): Promise<void> {
  const { id, name } = one(office, stock.people)
  await office.post(login, 'search', '/people/search', { text: name })
  await office.get(login, 'person', `/people/${id}`)
  await office.get(login, 'timeline', `/people/${id}/timeline`)
  await office.get(login, 'award', `/awards/${one(office, stock.awards).id}`)
  await office.get(login, 'household', `/households/${one(office, stock.households)}`)
  await office.get(login, 'list', `/${one(office, LISTS)}`)
  await office.get(login, 'lines', `/runs/${stock.runNo}/lines`)
}

/** Saved as it is typed, read in another window, given up. */
async function draft(office: SoakOffice, login: string): Promise<void> {
  const [id, writer] = [randomUUID(), randomUUID()]
  for (let version = 1; version <= 4; version++) {
    const content = JSON.stringify({ cause: '入户复核'.repeat(20 * version) })
    const body = { form: 'test.soak', content, writer, version, base: 0 }
    await office.post(login, 'draft save', `/drafts/${id}`, body)
  }
  await office.get(login, 'draft list', '/drafts?form=test.soak')
  await office.post(login, 'draft discard', `/drafts/${id}/discard`)
}

async function takeOut(
  office: SoakOffice,
  login: string,
  { index, stock }: { index: number; stock: Stock },
): Promise<void> {
  const format = index % 2 === 0 ? 'xlsx' : 'csv'
  const asked = { format, purpose: 'check_work' }
  await office.post(login, `export ${format}`, '/exports/run-lines', { ...asked, runNo: stock.runNo })
  await office.post(login, `export ${format}`, '/exports/determinations', asked)
}

/** A wrong password first; what the session could do ends with it, and some things it never could. */
async function comeAndGo(office: SoakOffice, login: string): Promise<void> {
  await office.signIn(login, 'wrong password', 'platform.sign_in_refused')
  const cookie = await office.signIn(login)
  const session = { kind: 'session', at: '/api/session', cookie }
  await office.ask(session)
  await office.ask({
    ...{ kind: 'refused', at: '/api/counties/441882/runs', cookie },
    ...{ body: { group: 'basic_assistance', month: MONTH }, refused: 'platform.permission_missing' },
  })
  await office.ask({ ...session, kind: 'sign out', method: 'DELETE' })
  await office.ask({ ...session, refused: 'platform.sign_in_needed' })
}

/** Proposed and taken back by the same person; or checked by another one and undone. */
async function decide(office: SoakOffice, index: number, { awards }: Stock): Promise<void> {
  const award = awards[index % awards.length]
  const proposal = {
    ...{ awardId: award?.id, kind: 'change', outcome: 'grant', from: DECIDED_FROM, to: null },
    ...{ cause: '入户复核', clause: '最低生活保障审核确认办法 第三十四条', content: award?.content },
  }
  const { ids } = await office.post('clerk', 'propose', '/determinations', { determinations: [proposal] })
  const [id = ''] = ids as string[]
  await office.get('checker', 'determination', `/determinations/${id}`)
  if (index % 2 === 0) {
    await office.post('clerk', 'withdraw', `/determinations/${id}/withdraw`, { why: '填错了' })
    return
  }
  await office.post('checker', 'check', '/determinations/check', { ids: [id], versions: { [id]: 1 } })
  await office.post('checker', 'undo', `/determinations/${id}/undo`, {
    why: '复核有误',
    clause: '第三十四条',
  })
}

let serial = 0

/** A list of new people, one of them faulty; checked, loaded, undone. */
async function importAndUndo(office: SoakOffice, { village }: Stock): Promise<void> {
  const people = Array.from({ length: 5 }, () => ['张某', idNumberOf(++serial), ...village])
  const file = { kind: 'people', fileName: '名册.csv', base64: base64(csvOf([PEOPLE, ...people, ['李某', '1', ...village]])) } // prettier-ignore
  const { importId } = await office.post('clerk', 'import', '/imports', file)
  const at = `/imports/${String(importId)}`
  const shown = async () => (await office.get('clerk', 'import shown', at)) as unknown as Shown
  const step = async (name: string, body: object, wanted: string) => {
    await office.post('clerk', `import ${name}`, `${at}/${name}`, body)
    await office.until(shown, ({ batch }) => batch.status === wanted)
  }
  await step('check', { columns: (await shown()).columns }, 'checked')
  await step('load', {}, 'loaded')
  await step('undo', { why: '文件传错了' }, 'undone')
}
interface Shown {
  batch: { status: string }
  columns: Record<string, number>
}

/** A month of money is computed, looked at and sent back: one is open nearly always. */
async function runAndReject(office: SoakOffice, index: number): Promise<void> {
  const body = { group: 'basic_assistance', month: MONTH, isFull: index % 2 === 0 }
  const { runNo } = await office.post('clerk', 'run start', '/runs', body)
  const at = `/runs/${String(runNo)}`
  const shown = async () => ((await office.get('checker', 'run shown', at)) as unknown as { run: { status: string } }).run // prettier-ignore
  await office.until(shown, ({ status }) => status === 'computed')
  await office.as('clerk', { kind: 'refused', at: '/runs', body, refused: 'benefits.run_open' })
  await office.get('checker', 'run changes', `${at}/changes?change=unchanged`)
  await office.get('checker', 'run lines', `${at}/lines`)
  await office.post('checker', 'run reject', `${at}/reject`, { reason: '重新核对' })
  await office.until(shown, ({ status }) => status === 'rejected')
}

/** What is still begun when everybody has gone home. */
export async function leftIn(owner: pg.Pool): Promise<Record<string, number>> {
  const { rows } = await owner.query<Record<string, number>>(
    `select (select count(*)::int from platform.draft) as drafts,
            (select count(*)::int from graphile_worker.jobs) as jobs,
            (select count(*)::int from platform.idempotency_key where result is null) as unanswered,
            (select count(*)::int from benefits.run where status not in ('published', 'rejected')) as runs,
            (select count(*)::int from benefits.determination where status = 'proposed') as proposals,
            (select count(*)::int from imports.batch where status <> 'undone') as imports,
            (select count(*)::int from pg_stat_activity where state like 'idle in transaction%') as transactions`,
  )
  return rows[0] ?? {}
}

/** A step is written down a moment before its job is taken off. */
export async function untilQuiet(owner: pg.Pool): Promise<void> {
  for (let waited = 0; waited < 30_000 && (await leftIn(owner))['jobs'] !== 0; waited += 200) await wait(200)
}
