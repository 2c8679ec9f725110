import { randomUUID } from 'node:crypto'
import type { Actor } from '../server/platform/access.ts'
import { advanceClock } from '../server/platform/clock.ts'
import { execute, type Command } from '../server/platform/command.ts'
import { benefitsCommands, programs } from '../server/app.ts'
import {
  computeRun,
  decideCorrection,
  findRun,
  loadPolicy,
  proposeCorrection,
  publishPolicy,
  replayRun,
  type RunHooks,
} from '../server/engines/benefits/index.ts'
import { uuidv7 } from '../server/platform/uuid.ts'
import { buildActor } from './actors.ts'
import type { TestDb } from './db.ts'
import { plantAreas } from './people.ts'

export const COUNTY = '441882'
export const TOWN = '441882100'
export const VILLAGE = '441882100001'

/** No cash yet: nothing was paid, nothing stands in the way. */
export const noCash: RunHooks = {
  paidButNotDue: async () => [],
  afterPublish: async () => {},
  mayCancel: async () => true,
  afterCancel: async () => {},
}

const EVERYTHING = [
  'benefits.policy.load',
  'benefits.policy.publish',
  'benefits.award.open',
  'benefits.award.import',
  'benefits.takeover.sign',
  'benefits.takeover.withdraw',
  'benefits.correction.propose',
  'benefits.determination.propose',
  'benefits.determination.check',
  'benefits.run.read',
  'benefits.run.start',
  'benefits.run.check',
  'benefits.run.approve',
  'benefits.run.publish',
]

export interface Decision {
  kind?: 'initial' | 'change' | 'retroactive' | 'end' | 'gradual_exit'
  outcome?: 'grant' | 'end'
  from: string
  to?: string | null
  clause?: string
  content?: unknown
}

/** A county with its people of the office, law and short ways to do what they do; every step is a real command. */
export async function benefitsWorld(db: TestDb, hooks: RunHooks = noCash) {
  await plantAreas(db, [VILLAGE])
  const commands = benefitsCommands(hooks)
  const person = (login: string) => buildActor(db, { login, permissions: EVERYTHING, scope: [COUNTY] })
  const maker = await person('maker')
  const checker = await person('checker')
  const approver = await person('approver')

  const does = <Input, Result>(actor: Actor, definition: Command<Input, Result>, input: unknown) =>
    execute(db.deps, definition, { actor, county: COUNTY, idempotencyKey: randomUUID(), input })

  async function law(file: unknown) {
    const { policyId } = await does(maker, loadPolicy, { text: JSON.stringify(file) })
    return does(checker, publishPolicy, { policyId })
  }

  async function award(
    program: string,
    options: { opens?: string; holderId?: string; imported?: { month: string; fen: number } } = {},
  ) {
    const holderKind = programs.get(program)?.holder === 'household' ? 'household' : 'person'
    const place = { town: TOWN, village: VILLAGE }
    const base = { id: uuidv7(), program, holderKind, holderId: options.holderId ?? randomUUID(), ...place }
    if (options.imported) {
      const { month, fen } = options.imported
      const opening = { ledgerOpensMonth: options.opens ?? '2020-01', lastPaidMonth: month, lastPaidFen: fen }
      const { takeoverId } = await does(maker, commands.proposeTakeover, {
        awards: [{ ...base, ...opening }],
      })
      await does(checker, commands.signTakeover, { takeoverId })
    } else
      await does(maker, commands.openAwards, {
        awards: [{ ...base, ledgerOpensMonth: options.opens ?? '2020-01' }],
      })
    return base.id
  }

  async function propose(
    awardId: string,
    { kind = 'initial', outcome = 'grant', from, to = null, clause = '', content = null }: Decision,
  ) {
    const determination = { awardId, kind, outcome, from, to, cause: '测试', clause, content }
    const { ids } = await does(maker, commands.proposeDeterminations, { determinations: [determination] })
    return ids[0] ?? ''
  }

  async function decide(awardId: string, decision: Decision) {
    const id = await propose(awardId, decision)
    await does(checker, commands.checkDeterminations, { ids: [id] })
    return id
  }

  /** Proposed by the maker, decided by the approver. */
  async function correct(correction: { kind: string; subject: string }) {
    const input = { clause: '第31条', ...correction }
    const { correctionId } = await does(maker, proposeCorrection, input)
    await does(approver, decideCorrection, { correctionId })
  }

  async function compute(
    month: string,
    options: { isFull?: boolean; group?: string; chunkSize?: number } = {},
  ) {
    const { group = 'basic_assistance', isFull = false, chunkSize } = options
    const { runNo } = await does(maker, commands.startRun, { group, month, isFull })
    return computeRun(db.deps, programs, {
      county: COUNTY,
      runNo,
      ...(chunkSize === undefined ? {} : { chunkSize }),
    })
  }

  async function publish(runNo: number) {
    await does(checker, commands.checkRun, { runNo })
    await does(approver, commands.approveRun, { runNo })
    await does(maker, commands.publishRun, { runNo })
  }

  async function run(month: string, options: Parameters<typeof compute>[1] = {}) {
    const computed = await compute(month, options)
    await publish(computed.runNo)
    return computed
  }

  /** [award, month, fen] of a run's lines. */
  async function linesOf(runNo: number) {
    const { rows } = await db.pool.query<{
      award: string
      month: string
      fen: number
      detail: { causes: unknown[] }
    }>(
      `select award_id as award, for_month as month, fen, detail from benefits.explained_line where run_no = $1 order by award_id, for_month`,
      [runNo],
    )
    return rows
  }

  return {
    commands,
    maker,
    checker,
    approver,
    does,
    law,
    award,
    propose,
    decide,
    correct,
    compute,
    publish,
    run,
    linesOf,
    undo: (id: string) =>
      does(checker, commands.undoDetermination, { id, clause: '第32条', why: '测试撤销' }),
    replay: (runNo: number) => replayRun(db.deps, programs, { county: COUNTY, runNo }),
    runRow: (runNo: number) => findRun(db.deps.database.runner, COUNTY, runNo),
    at: (instant: string) => advanceClock(db.deps.database.app, instant),
  }
}

export type BenefitsWorld = Awaited<ReturnType<typeof benefitsWorld>>

/** 低保 of a household whose members all count, with one countable income in fen a month. */
export function subsistence({
  residence = 'rural',
  persons,
  incomeFen = 0,
  ...rest
}: { residence?: string; persons: string[]; incomeFen?: number } & Record<string, unknown>) {
  return {
    residence,
    members: persons,
    covered: persons,
    unit: 'household',
    income: incomeFen === 0 ? [] : [{ kind: 'wage', fen: incomeFen }],
    deductions: [],
    method: { kind: 'differential' },
    supplements: [],
    payee: { kind: 'person', id: persons[0] },
    ...rest,
  }
}

export const people = (count: number) => Array.from({ length: count }, () => randomUUID())

interface LawOptions {
  urban?: string
  rural?: string
  from?: string
  recordedOn?: string
  settings?: unknown[]
  rates?: unknown[]
}

/** A policy file with the two standards of 低保; more rates and settings as given. */
export function standards({
  urban = '702.00',
  rural = '484.00',
  from = '2019-01',
  recordedOn = '2019-12-01',
  settings = [],
  rates = [],
}: LawOptions = {}) {
  const standard = (residence: string, yuan: string) => ({
    program: 'subsistence_allowance',
    item: 'standard',
    when: { residence },
    yuan,
    per: 'person_month',
    from,
    basis: 'b1',
  })
  return {
    format: 'minben-policy/1',
    area: COUNTY,
    title: '测试标准',
    basis: [{ id: 'b1', title: '测试文件', number: '测〔2020〕1号' }],
    recordedOn,
    rates: [standard('urban', urban), standard('rural', rural), ...rates],
    settings,
  }
}
