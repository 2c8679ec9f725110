import { copyOutBytes, rowsOf } from '../platform/copy.ts'
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
import { commonestName, EVERYBODY, samplePeople } from './office.db.ts'
import { plannedAreas } from './plan.ts'
import { CLASSES, LOOKED_AT, questionsFor, type Question, type Refinement } from './questions.ts'
import { COUNTY, type World } from './world.ts'

const LABELS = 500
/** As many as the search box of the office asks for. */
const LIMIT = 12

export interface SearchResult extends Around {
  name: 'search'
  labels: number
  commonestName: { name: string; holders: number }
  floor: Floor
  classes: (Quantiles & {
    class: string
    title: string
    /** Against one row without the product. */
    timesFloor: number
    /** The person is among the first five of what was typed in the end. */
    recall: number
    /** The same of what was typed first. */
    recallBare: number
    typed: Record<Refinement, number>
  })[]
}

/** Six ways of asking for 500 people each, over ten connections through the product's server. */
export async function benchSearch(options: OfficeBenchOptions): Promise<SearchResult> {
  return inOffice(options, async (inside) => {
    const { world, clients } = inside
    const questions = await askable(world)
    await drive(clients, questions.slice(0, 200), ({ post }, question) => searched(post, question.text)) // warm-up
    const floor = await measureFloor(inside)
    const classes: SearchResult['classes'] = []
    for (const { key, title } of CLASSES) {
      const own = questions.filter((question) => question.class === key)
      const measured = await askAll(inside, own)
      classes.push({ class: key, title, timesFloor: ratio(measured.p95, floor.row.p95), ...measured })
      options.say(classText(title, measured))
    }
    return {
      name: 'search' as const,
      labels: LABELS,
      commonestName: await commonestName(world.owner),
      floor,
      classes,
    }
  })
}

async function askable(world: World): Promise<Question[]> {
  const labels = await samplePeople(world.owner, 'label', LABELS)
  const client = await world.owner.connect()
  try {
    const bytes = await copyOutBytes(client, EVERYBODY)
    const names = new Map(plannedAreas(COUNTY).map(({ code, name }) => [code, name.slice(0, -1)]))
    return questionsFor(labels, { people: everybody(bytes), nameOf: (code) => names.get(code) ?? code })
  } finally {
    client.release()
  }
}

function* everybody(bytes: Buffer) {
  for (const [
    fullName = '',
    initials = '',
    town = '',
    village = '',
    idTail = '',
    idNumber = '',
    phone,
  ] of rowsOf(bytes))
    yield { fullName, initials, town, village, idTail, idNumber, phone: phone ?? null }
}

interface Found {
  ms: number
  first: string[]
}

async function searched(post: Client['post'], text: string): Promise<Found> {
  const answer = await post(`/api/counties/${COUNTY}/people/search`, { text, limit: LIMIT })
  const { people } = JSON.parse(answer.text) as { people: { id: string }[] }
  return { ms: answer.ms, first: people.slice(0, LOOKED_AT).map(({ id }) => id) }
}

/** What was typed first, and then what was added; both count as asked. */
async function askAll(
  { clients }: OfficeWorld,
  questions: readonly Question[],
): Promise<Omit<SearchResult['classes'][number], 'class' | 'title' | 'timesFloor'>> {
  const asked = await drive(clients, questions, async ({ post }, { bare, text }) => {
    const first = await searched(post, bare)
    return { bare: first, ...(text === bare ? {} : { refined: await searched(post, text) }) }
  })
  const isAmong = ({ first }: Found, index: number) => first.includes(questions[index]?.personId ?? '')
  const share = (hits: readonly boolean[]) => ratio(hits.filter(Boolean).length * 100, questions.length)
  const typed: Record<Refinement, number> = { bare: 0, town: 0, village: 0, second: 0 }
  for (const { refinement } of questions) typed[refinement] += 1
  return {
    ...quantilesOf(asked.flatMap(({ bare, refined }) => [bare.ms, ...(refined ? [refined.ms] : [])])),
    recall: share(asked.map(({ bare, refined }, index) => isAmong(refined ?? bare, index))),
    recallBare: share(asked.map(({ bare }, index) => isAmong(bare, index))),
    typed,
  }
}

function classText(
  title: string,
  {
    p50,
    p95,
    p99,
    recall,
    recallBare,
    typed,
  }: Omit<SearchResult['classes'][number], 'class' | 'title' | 'timesFloor'>,
): string {
  const added = `加乡镇 ${typed.town}，再加村 ${typed.village}，加另一项 ${typed.second}`
  return `${title}：p50 ${p50}，p95 ${p95}，p99 ${p99} 毫秒；前五条里有 ${recall}%（只输第一项 ${recallBare}%；${added}）`
}
