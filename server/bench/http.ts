import { drive, quantilesOf, type Client, type Quantiles } from './office-client.ts'
import {
  inOffice,
  measureFloor,
  ratio,
  type Around,
  type Floor,
  type OfficeBenchOptions,
  type OfficeWorld,
} from './office-bench.ts'
import type { Ran } from './office-run.ts'
import { lastPublished, sampleAwards, sampleHouseholds, samplePeople } from './office.db.ts'
import { COUNTY } from './world.ts'

export interface HttpOptions extends OfficeBenchOptions {
  /** Everything again while months are computed one after another. */
  isDuringRun?: boolean
  /** Months computed meanwhile. */
  passes: number
  /** Keys of the pages to be measured; empty = all. */
  only: readonly string[]
}

export interface PageTimes extends Quantiles {
  page: string
  title: string
  /** Against a page of four questions without the product. */
  timesFloor: number
  /** While a run is going, and against the idle p95. */
  during?: Quantiles & { timesIdle: number }
}

export interface HttpResult extends Around {
  name: 'http'
  floor: Floor
  pages: PageTimes[]
  runs: Ran[]
}

interface BenchPage {
  key: string
  title: string
  /** Milliseconds until everything that the page asks for is there. */
  open: (client: Client, index: number) => Promise<number>
}

const SAMPLES = 400

/** The addresses that clerks read most, over ten connections through the product's server. */
export async function benchHttp(options: HttpOptions): Promise<HttpResult> {
  return inOffice(options, async (inside) => {
    // The cockpit shows what the engine computed; the closed months of the population were written ready.
    const first = await inside.office.run()
    await inside.office.settle()
    options.say(`${first.month}：${first.lines} 笔，核算 ${first.ms} 毫秒`)
    const pages = (await pagesOf(inside)).filter(
      ({ key }) => options.only.length === 0 || options.only.includes(key),
    )
    const opened = Array.from({ length: SAMPLES }, (_, index) => index)
    for (const { open } of pages) await drive(inside.clients, opened.slice(0, 40), open) // warm-up
    const floor = await measureFloor(inside)
    const idle = new Map<string, Quantiles>()
    for (const { key, open } of pages) idle.set(key, quantilesOf(await drive(inside.clients, opened, open)))
    const { runs, during } = options.isDuringRun
      ? await openWhileRunning(inside, pages, options.passes)
      : { runs: [], during: new Map<string, Quantiles>() }
    const times = pages.map(({ key, title }) => timesOf({ key, title }, { floor, idle, during }))
    for (const each of times) options.say(pageText(each))
    return { name: 'http' as const, floor, pages: times, runs }
  })
}

function timesOf(
  { key, title }: Pick<BenchPage, 'key' | 'title'>,
  {
    floor,
    idle,
    during,
  }: { floor: Floor; idle: ReadonlyMap<string, Quantiles>; during: ReadonlyMap<string, Quantiles> },
): PageTimes {
  const calm = idle.get(key) ?? quantilesOf([])
  const busy = during.get(key)
  return {
    ...{ page: key, title },
    ...calm,
    timesFloor: ratio(calm.p95, floor.page.p95),
    ...(busy ? { during: { ...busy, timesIdle: ratio(busy.p95, calm.p95) } } : {}),
  }
}

async function pagesOf({ world }: OfficeWorld): Promise<BenchPage[]> {
  const people = (await samplePeople(world.owner, 'page', SAMPLES)).map(({ id }) => id)
  const awards = await sampleAwards(world.owner, SAMPLES)
  const households = await sampleHouseholds(world.owner, SAMPLES)
  const { no } = await lastPublished(world.owner)
  const at = (list: readonly string[], index: number) => list[index % list.length] ?? ''
  const one = (key: string, title: string, path: (index: number) => string): BenchPage => ({
    ...{ key, title },
    open: async (client, index) => (await client.get(`/api/counties/${COUNTY}/${path(index)}`)).ms,
  })
  return [
    {
      key: 'person',
      title: '一人一档（总览开页的全部）',
      open: (client, index) => openPerson(client, at(people, index)),
    },
    one('person.file', '档案', (index) => `people/${at(people, index)}`),
    one('person.timeline', '时间线', (index) => `people/${at(people, index)}/timeline`),
    one('person.viewers', '谁看过', (index) => `people/${at(people, index)}/viewers`),
    one('award', '待遇和为什么', (index) => `awards/${at(awards, index)}`),
    one('household', '家庭', (index) => `households/${at(households, index)}`),
    one('run', '核算驾驶舱', () => `runs/${no}`),
    one('run.changes', '比上月变多的名单', () => `runs/${no}/changes?change=raised`),
    one('run.lines', '核算明细', () => `runs/${no}/lines`),
    one('runs', '核算列表', () => 'runs'),
    one('determinations', '待复核的认定', () => 'determinations'),
    one('holds', '暂缓', () => 'holds'),
    one('batches', '发放批次', () => 'batches'),
    one('desk', '工作台', () => 'inbox'),
  ]
}

/** The file first; then, as the page does, the timeline and the award that is explained beside it. */
async function openPerson(client: Client, personId: string): Promise<number> {
  const started = performance.now()
  const path = `/api/counties/${COUNTY}/people/${personId}`
  const file = JSON.parse((await client.get(path)).text) as {
    money: { awards: { id: string; amount: object | null }[] } | null
  }
  const explained = file.money?.awards.find(({ amount }) => amount)
  await client.get(`${path}/timeline`)
  if (explained) await client.get(`/api/counties/${COUNTY}/awards/${explained.id}`)
  return performance.now() - started
}

/** Pages are opened in turn for as long as months are being computed. */
async function openWhileRunning(
  { office, clients }: OfficeWorld,
  pages: readonly BenchPage[],
  passes: number,
): Promise<{ runs: Ran[]; during: Map<string, Quantiles> }> {
  const runs: Ran[] = []
  const times = new Map(pages.map(({ key }): [string, number[]] => [key, []]))
  const state = { isRunning: false }
  const hammer = async (client: Client, first: number) => {
    for (let turn = first; state.isRunning; turn += clients.length) {
      const page = pages[turn % pages.length]
      const ms = await page?.open(client, turn)
      if (page && ms !== undefined && state.isRunning) times.get(page.key)?.push(ms)
    }
  }
  for (let pass = 0; pass < passes; pass += 1) {
    state.isRunning = true
    const hammering = Promise.all(clients.map(hammer))
    runs.push(await office.run())
    state.isRunning = false
    await hammering
    await office.settle()
  }
  return { runs, during: new Map([...times].map(([key, ms]) => [key, quantilesOf(ms)])) }
}

function pageText({ title, p50, p95, p99, timesFloor, during }: PageTimes): string {
  const busy = during ? `；核算时 p95 ${during.p95} 毫秒，为平时的 ${during.timesIdle} 倍` : ''
  return `${title}：p50 ${p50}，p95 ${p95}，p99 ${p99} 毫秒，为下限页的 ${timesFloor} 倍${busy}`
}
