import { randomUUID } from 'node:crypto'
import { compareWithObserved, type OracleBooks, type OracleHistory } from '../oracle/index.ts'
import type { Actor } from '../server/platform/access.ts'
import { addMonths, type Month } from '../server/platform/dates.ts'
import { isAppError } from '../server/platform/errors.ts'
import { answerFinding, explainOpening, loadPolicy, publishPolicy } from '../server/engines/benefits/index.ts'
import { recordFacts } from '../server/engines/registry/index.ts'
import { buildActor } from './actors.ts'
import { benefitsWorld, COUNTY, standards, TOWN, VILLAGE, type BenefitsWorld } from './benefits.ts'
import type { TestDb } from './db.ts'
import type {
  AwardDraft,
  ContentDraft,
  HistoryDraft,
  HistoryStep,
  LawDraft,
  SettingDraft,
} from './history.ts'
import { plantPeople } from './people.ts'

const FIRST: Month = '2020-01'
const LAST: Month = '2020-08'
const GROUP = 'basic_assistance'
const PERSONS_OF_AWARD = 4

/** Refusals that a clerk meets in the ordinary course; anything else that is thrown is a finding. */
const ORDINARY = new Set([
  'benefits.person_covered_elsewhere',
  'benefits.backwards_needs_retroactive',
  'social_assistance.income_not_below_standard',
  'benefits.rate_missing',
  'benefits.maker_is_checker',
  'benefits.determination_state',
])

interface Players {
  registrar: Actor
  lawMaker: Actor
  lawChecker: Actor
}

/** One county living through a random history by real commands, and the oracle's copy of what was said. */
export interface Played {
  world: BenefitsWorld
  findings: string[]
  counts: Record<string, number>
  observe: () => Promise<string[]>
  replays: () => Promise<string[]>
}

export async function playHistory(db: TestDb, draft: HistoryDraft): Promise<Played> {
  const world = await benefitsWorld(db)
  const permissions = ['benefits.policy.load', 'benefits.policy.publish', 'benefits.policy.publish_above']
  const person = (login: string, list: string[]) =>
    buildActor(db, { login, permissions: list, scope: [COUNTY] })
  const players = {
    registrar: await person('registrar', ['registry.fact.record']),
    lawMaker: await person('law.maker', permissions),
    lawChecker: await person('law.checker', permissions),
  }
  const history = new PlayedHistory(db, world, players)
  await history.open(draft.awards)
  for (const step of draft.steps) await history.play(step)
  await history.closeWithRun()
  return history
}

class PlayedHistory implements Played {
  readonly world: BenefitsWorld
  readonly findings: string[] = []
  readonly counts: Record<string, number> = {}
  readonly #db: TestDb
  readonly #players: Players
  readonly #told: OracleHistory = { awards: [], determinations: [], rates: [], settings: [], facts: [] }
  #persons: string[] = []
  #awards: { id: string; draft: AwardDraft; persons: string[] }[] = []
  #determinations: string[] = []
  #month: Month | undefined

  constructor(db: TestDb, world: BenefitsWorld, players: Players) {
    this.#db = db
    this.world = world
    this.#players = players
  }

  async open(awards: readonly AwardDraft[]): Promise<void> {
    this.#persons = await plantPeople(this.#db, PERSONS_OF_AWARD * awards.length, {
      county: COUNTY,
      town: TOWN,
      village: VILLAGE,
    })
    await this.#law(COUNTY, FIRST_LAW, [BY_AGE])
    for (const [index, draft] of awards.entries()) {
      const opens = addMonths('2019-12', draft.opens)
      const imported =
        draft.lastPaidFen === null
          ? {}
          : { imported: { month: addMonths(opens, -1), fen: draft.lastPaidFen } }
      const id = await this.world.award(draft.program, { opens, ...imported })
      if (draft.lastPaidFen !== null)
        await this.world.does(this.world.maker, explainOpening, { awardId: id, reason: '旧系统口径不同' })
      const persons = this.#persons.slice(index * PERSONS_OF_AWARD, (index + 1) * PERSONS_OF_AWARD)
      this.#awards.push({ id, draft, persons })
      this.#told.awards.push({ id, program: draft.program, area: COUNTY, opensMonth: opens })
      const first = {
        kind: 'determine' as const,
        award: index,
        act: 'retroactive' as const,
        from: draft.opens,
        months: null,
      }
      await this.play({ ...first, content: draft.content })
    }
  }

  async play(step: HistoryStep): Promise<void> {
    switch (step.kind) {
      case 'determine':
        return this.#ordinary(step.kind, () => this.#determine(step))
      case 'undo':
        return this.#ordinary(step.kind, () => this.#undo(step.which))
      case 'law':
        return this.#law(step.area, withoutOverlap(step.rates.flatMap(rateRows)), step.settings)
      case 'birth':
        return this.#birth(step.person, step.on)
      case 'run':
        return this.#run(step)
    }
  }

  /** At the end all that was said is settled, and looking at everything once more changes nothing. */
  async closeWithRun(): Promise<void> {
    await this.#run({ kind: 'run', isNext: true, isFull: false, chunkSize: 2, fate: 'publish' })
    const full = await this.world.run(this.#month ?? FIRST, { isFull: true })
    if (full.lines > 0) this.findings.push(`a full run after an incremental one wrote ${full.lines} lines`)
    const { rows } = await this.#db.pool.query<{ kind: string; lines: number }>(
      `select cause->>0 as kind, count(*) as lines from benefits.explained_line, json_array_elements(detail->'causes') as cause group by 1`,
    )
    for (const { kind, lines } of rows) this.counts[`by ${kind}`] = (this.counts[`by ${kind}`] ?? 0) + lines
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }

  async #ordinary(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.#count(what)
    } catch (error) {
      if (!isAppError(error) || !ORDINARY.has(error.code)) throw error
      this.#count(error.code)
    }
  }

  async #determine({
    award: number,
    act,
    from,
    months,
    content,
  }: Extract<HistoryStep, { kind: 'determine' }>): Promise<void> {
    const award = this.#awards[number % this.#awards.length]
    if (!award) return
    const month = addMonths('2019-12', from)
    const to = months === null ? null : addMonths(month, months)
    const isEnd = act === 'end'
    await this.#decide(award.id, {
      kind: isEnd ? 'retroactive' : act,
      outcome: isEnd ? 'end' : 'grant',
      from: month,
      to,
      content: isEnd ? null : this.#contentOf(award, content),
    })
  }

  async #decide(
    awardId: string,
    one: {
      kind: 'change' | 'retroactive'
      outcome: 'grant' | 'end'
      from: Month
      to: Month | null
      content: unknown
    },
  ): Promise<void> {
    const id = await this.world.propose(awardId, {
      ...one,
      clause: one.kind === 'retroactive' ? '第31条' : '',
    })
    const { recordedAt } = await this.world.does(
      this.world.checker,
      this.world.commands.checkDeterminations,
      { ids: [id] },
    )
    this.#determinations.push(id)
    const program = this.#told.awards.find((award) => award.id === awardId)?.program
    const { kind, outcome, from, to, content } = one
    const told = { id, awardId, program, kind, outcome, from, to, content, recordedAt: micros(recordedAt) }
    this.#told.determinations.push(told as unknown as OracleHistory['determinations'][number])
  }

  #contentOf(
    { draft, persons }: { draft: AwardDraft; persons: readonly string[] },
    given: ContentDraft,
  ): unknown {
    const payee = { kind: 'person', id: persons[0] }
    if (draft.program !== 'subsistence_allowance')
      return {
        residence: given.residence,
        support: given.support,
        selfCare: given.selfCare,
        personId: persons[0],
        payee,
      }
    // A guest belongs to another award's household: covered in both, the database refuses it.
    const guest = given.withGuest ? [this.#persons[0] ?? '', this.#persons[4] ?? ''] : []
    const members = [...new Set([...persons.slice(0, given.members), ...guest])]
    const covered = members.slice(0, Math.max(1, Math.min(given.covered, members.length)))
    return {
      ...{ residence: given.residence, members, covered, unit: 'household', deductions: [], payee },
      income: given.incomeFen === 0 ? [] : [{ kind: 'wage', fen: given.incomeFen }],
      method: given.tier ? { kind: 'tier', tier: 'B' } : { kind: 'differential' },
      supplements: given.supplement === null ? [] : [{ personId: covered[0], category: given.supplement }],
    }
  }

  async #undo(which: number): Promise<void> {
    const id = this.#determinations[which % Math.max(1, this.#determinations.length)]
    if (id === undefined) return
    const { recordedAt } = await this.world.undo(id)
    const told = this.#told.determinations.find((each) => each.id === id)
    if (told) told.undoneAt = micros(recordedAt)
  }

  async #law(area: string, rows: readonly PolicyRow[], settings: readonly SettingDraft[]): Promise<void> {
    const dated = settings.map(({ key, value, from, months }) => ({
      program: 'subsistence_allowance',
      key,
      value,
      ...stretch(from, months),
      basis: 'b1',
    }))
    const text = JSON.stringify({ ...standards({ settings: dated }), area, rates: rows })
    const { policyId } = await this.world.does(this.#players.lawMaker, loadPolicy, { text })
    const { recordedAt } = await this.world.does(this.#players.lawChecker, publishPolicy, { policyId })
    const known = { area, recordedAt: micros(recordedAt) }
    for (const row of rows) this.#told.rates.push({ ...oracleRow(row), ...known, id: randomUUID() })
    for (const row of dated)
      this.#told.settings.push({ ...row, to: row.to === null ? null : addMonths(row.to, 1), ...known })
    this.#count('law')
  }

  async #birth(which: number, on: string): Promise<void> {
    const personId = this.#persons[which % this.#persons.length] ?? ''
    const { ids } = await this.world.does(this.#players.registrar, recordFacts, {
      facts: [{ personId, kind: 'birth', value: { on }, from: on, to: null, source: '户口簿' }],
    })
    const { rows } = await this.#db.pool.query<{ at: string }>(
      'select recorded_at as at from registry.fact where id = $1',
      [ids[0]],
    )
    this.#told.facts.push({ kind: 'birth', personId, date: on, recordedAt: micros(rows[0]?.at ?? '') })
    this.#count('birth')
  }

  async #run(step: Extract<HistoryStep, { kind: 'run' }>): Promise<void> {
    const next = this.#month === undefined ? FIRST : addMonths(this.#month, 1)
    const month = (step.isNext || this.#month === undefined) && next <= LAST ? next : (this.#month ?? FIRST)
    await this.world.at(`${month}-10T01:00:00Z`)
    const runNo = await this.#computed(month, step)
    if (step.fate === 'reject') {
      await this.world.does(this.world.checker, this.world.commands.rejectRun, { runNo })
      this.#count('rejected')
      return
    }
    await this.world.does(this.world.checker, this.world.commands.checkRun, { runNo })
    await this.world.does(this.world.approver, answerFinding, {
      runNo,
      kind: 'too_many_corrections',
      answer: '逐户核实无误',
    })
    await this.world.does(this.world.approver, this.world.commands.approveRun, { runNo })
    await this.world.does(this.world.maker, this.world.commands.publishRun, { runNo })
    if (step.fate === 'cancel') {
      await this.world.does(this.world.approver, this.world.commands.cancelRun, { runNo })
      this.#count('cancelled')
    } else {
      this.#month = month
      this.#count('published')
    }
  }

  /** Computes until nothing stands in the way: every block has a way out that people can take. */
  async #computed(
    month: Month,
    { isFull, chunkSize, fate }: Extract<HistoryStep, { kind: 'run' }>,
  ): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const { runNo } = await this.world.compute(month, { isFull, chunkSize })
      const { rows } = await this.#db.pool.query<{
        kind: string
        awardId: string
        detail: { causes?: [string, string][] }
      }>(
        `select kind, award_id as "awardId", detail from benefits.run_finding
          where run_no = $1 and blocks and kind not in ('too_many_corrections', 'opening_difference')`,
        [runNo],
      )
      if (rows.length === 0 || fate === 'reject') return runNo
      if (attempt > 4) throw new Error(`run ${runNo} of ${month} stays blocked: ${JSON.stringify(rows)}`)
      await this.world.does(this.world.checker, this.world.commands.rejectRun, { runNo })
      for (const finding of rows) this.#count(finding.kind)
      for (const cause of causesOf(rows)) await this.world.correct(cause)
      const silent = rows.filter(({ kind }) => kind === 'continuity').map(({ awardId }) => awardId)
      for (const awardId of silent)
        await this.#decide(awardId, {
          kind: 'retroactive',
          outcome: 'end',
          from: month,
          to: null,
          content: null,
        })
    }
  }

  /** The rows of the county against the oracle: every published run line by line, sums, numbers, shares, balances. */
  async observe(): Promise<string[]> {
    return [...this.findings, ...compareWithObserved(this.#told, await observedBooks(this.#db))]
  }

  async replays(): Promise<string[]> {
    const { rows } = await this.#db.pool.query<{ no: number }>('select no from benefits.run order by no')
    const broken: string[] = []
    for (const { no } of rows) {
      const replay = await this.world.replay(no)
      if (!replay.isIdentical) broken.push(`run ${no}: ${JSON.stringify(replay.firstDifference)}`)
    }
    return broken
  }
}

function causesOf(rows: readonly { detail: { causes?: [string, string][] } }[]) {
  const open = rows
    .flatMap(({ detail }) => detail.causes ?? [])
    .filter(([kind]) => kind !== 'determination' && kind !== 'undone')
  return [...new Map(open.map(([kind, subject]) => [`${kind}:${subject}`, { kind, subject }])).values()]
}

function micros(instant: string): number {
  const match = /^(.{19})\.?(\d{0,6})Z$/.exec(instant)
  if (!match) throw new Error(`not an instant: ${instant}`)
  return Date.parse(`${match[1]}Z`) * 1000 + Number((match[2] ?? '').padEnd(6, '0'))
}

function stretch(from: number, months: number | null): { from: Month; to: Month | null } {
  const first = addMonths('2019-12', from)
  return { from: first, to: months === null ? null : addMonths(first, months - 1) }
}

interface PolicyRow {
  program: string
  item: string
  when: Record<string, string>
  yuan?: string
  percent?: string
  factor?: string
  of?: string
  round?: 'up_yuan'
  per: string
  from: Month
  to: Month | null
  basis: string
}

function rateRows({ item, residences, yuan, byFactor, from, months }: LawDraft): PolicyRow[] {
  const dated = { item, per: 'person_month', ...stretch(from, months), basis: 'b1' }
  const allowance = { program: 'subsistence_allowance', ...dated }
  if (item === 'supplement') {
    return [
      {
        ...allowance,
        when: { category: yuan % 2 ? 'severe_disability' : 'elderly' },
        percent: `${yuan % 40}.5`,
      },
    ]
  }
  if (item === 'care') {
    const when = { selfCare: yuan % 2 ? 'none' : 'partial' }
    return [{ program: 'extreme_poverty_care', ...dated, when, yuan: `${yuan}.20` }]
  }
  return residences.map((residence): PolicyRow => {
    if (item === 'standard') return { ...allowance, when: { residence }, yuan: `${yuan}.00` }
    if (item === 'tier')
      return { ...allowance, when: { residence, category: 'B' }, yuan: `${Math.trunc(yuan / 2)}.50` }
    const base = { program: 'extreme_poverty_support', ...dated, when: { residence } }
    if (!byFactor) return { ...base, yuan: `${yuan + 300}.00` }
    return { ...base, factor: `1.${yuan % 10}`, of: 'subsistence_allowance.standard', round: 'up_yuan' }
  })
}

/** A file may not say two things at once about one item. */
function withoutOverlap(rows: readonly PolicyRow[]): PolicyRow[] {
  const keyOf = (row: PolicyRow) => `${row.program}.${row.item} ${JSON.stringify(row.when)}`
  return rows.filter((row, index) => rows.findIndex((other) => keyOf(other) === keyOf(row)) === index)
}

function oracleRow({ yuan, percent, factor, of, round, to, ...row }: PolicyRow) {
  const value =
    yuan !== undefined
      ? { fen: Math.round(Number(yuan) * 100) }
      : percent !== undefined
        ? { percent }
        : { factor: factor ?? '', of: of ?? '', round: round ?? ('fen' as const) }
  return { ...row, value, to: to === null ? null : addMonths(to, 1) }
}

const ALWAYS = { per: 'person_month', from: '2018-12', to: null, basis: 'b1' } as const
/** Everything that an award may need exists from the beginning. */
const FIRST_LAW: readonly PolicyRow[] = [
  ...['urban', 'rural'].flatMap((residence, index): PolicyRow[] => [
    {
      program: 'subsistence_allowance',
      item: 'standard',
      when: { residence },
      yuan: index === 0 ? '702.00' : '484.00',
      ...ALWAYS,
    },
    {
      program: 'subsistence_allowance',
      item: 'tier',
      when: { residence, category: 'B' },
      yuan: '300.00',
      ...ALWAYS,
    },
    {
      program: 'extreme_poverty_support',
      item: 'base',
      when: { residence },
      factor: '1.6',
      of: 'subsistence_allowance.standard',
      round: 'up_yuan',
      ...ALWAYS,
    },
  ]),
  ...['elderly', 'minor', 'severe_disability', 'severe_illness'].map((category): PolicyRow => ({
    program: 'subsistence_allowance',
    item: 'supplement',
    when: { category },
    percent: '12.5',
    ...ALWAYS,
  })),
  ...['full', 'partial', 'none'].map((selfCare): PolicyRow => ({
    program: 'extreme_poverty_care',
    item: 'care',
    when: { selfCare },
    yuan: '42.30',
    ...ALWAYS,
  })),
]

/** Births count from the beginning, until a later law of the history says otherwise. */
const BY_AGE: SettingDraft = { key: 'supplement_by_age', value: { elderlyFrom: 60 }, from: -12, months: null }

async function observedBooks(db: TestDb): Promise<OracleBooks> {
  const runs = await db.pool.query<{
    no: number
    month: Month
    cut: string
    status: string
    withheld: [string, Month][] | null
  }>(
    `select r.no, r.month, r.cut, r.status,
            (select json_agg(json_build_array(f.award_id, f.for_month)) from benefits.run_finding f where f.run_no = r.no and f.kind = 'undecided_recovery') as withheld
       from benefits.run r where program_group = $1 order by no`,
    [GROUP],
  )
  const lines = await db.pool.query<{
    runNo: number
    awardId: string
    month: Month
    fen: number
    seq: number
    dueFen: number
    shares: [string, number][]
  }>(
    `select run_no as "runNo", award_id as "awardId", for_month as month, fen, seq, due_fen as "dueFen", detail->'shares' as shares
       from benefits.explained_line order by run_no, award_id, for_month`,
  )
  const balances = await db.pool.query<{ awardId: string; month: Month; fen: number }>(
    `select award_id as "awardId", for_month as month, fen from benefits.month_balance`,
  )
  return {
    runs: runs.rows.map(({ no, month, cut, status, withheld }) => ({
      ...{
        id: String(no),
        group: GROUP,
        month,
        cut: micros(cut),
        status: status as OracleBooks['runs'][number]['status'],
      },
      withheld: (withheld ?? []).map(([awardId, of]) => ({ awardId, month: of })),
    })),
    lines: lines.rows.map(({ runNo, awardId, month, fen, seq, dueFen, shares }) => ({
      ...{ runId: String(runNo), awardId, month, fen, seq, entitledFen: dueFen },
      shares: shares.map(([personId, share]) => ({ personId, fen: share })),
    })),
    ...{ instructions: [], receipts: [], writeOffs: [], offsets: [], balances: balances.rows },
  }
}
