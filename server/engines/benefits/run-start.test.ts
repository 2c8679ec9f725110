import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  benefitsWorld,
  COUNTY,
  people,
  standards,
  subsistence,
  type BenefitsWorld,
} from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { programs } from '../../app.ts'
import { execute, type Command, type Ctx } from '../../platform/command.ts'
import { computeRun } from './index.ts'

/** On the real clock: knowledge cuts are about moments, not about simulated days. */
let db: TestDb
let world: BenefitsWorld

beforeAll(async () => {
  db = await testDb()
  world = await benefitsWorld(db)
  await world.law(standards({ rural: '580.00' }))
  await decided('2020-01')
  await world.run('2020-01')
})
afterAll(() => db.close())

async function proposed(from: string) {
  const award = await world.award('subsistence_allowance')
  const id = await world.propose(award, {
    kind: 'retroactive',
    clause: '第21条',
    from,
    content: subsistence({ persons: people(1) }),
  })
  return { award, id }
}

async function decided(from: string) {
  const { award, id } = await proposed(from)
  await world.does(world.checker, world.commands.checkDeterminations, { ids: [id] })
  return award
}

const start = (options: { month?: string; waitMs?: number } = {}) =>
  world.does(world.maker, world.commands.startRun, {
    group: 'basic_assistance',
    month: '2020-01',
    ...options,
  })
const reject = (runNo: number) => world.does(world.checker, world.commands.rejectRun, { runNo })
const compute = (runNo: number, options: Partial<Parameters<typeof computeRun>[2]> = {}) =>
  computeRun(db.deps, programs, { county: COUNTY, runNo, ...options })
const linesOf = async (runNo: number, award: string) =>
  (await world.linesOf(runNo)).filter((line) => line.award === award)

/** The same command, which has done its work and commits only when it is let go. */
function held<Input, Result>(definition: Command<Input, Result>) {
  let release = () => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  let arrived = () => {}
  const isOpen = new Promise<void>((resolve) => (arrived = resolve))
  const run = async (ctx: Ctx, input: Input) => {
    const result = await definition.run(ctx, input)
    arrived()
    await gate
    return result
  }
  return { definition: { ...definition, run }, isOpen, release: () => release() }
}

describe('one at a time', () => {
  test('of two runs started at the same moment one is refused', async () => {
    const results = await Promise.allSettled([start(), start()])
    const refused = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    )
    const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.runNo] : []))

    expect(refused).toEqual([expect.objectContaining({ code: 'benefits.run_open', status: 409 })])
    expect(started).toHaveLength(1)
    await reject(started[0] ?? 0)
  })

  test('the same request sent twice starts one run and answers the same number', async () => {
    const call = {
      actor: world.maker,
      county: COUNTY,
      idempotencyKey: randomUUID(),
      input: { group: 'basic_assistance', month: '2020-01' },
    }

    const answers = [
      await execute(db.deps, world.commands.startRun, call),
      await execute(db.deps, world.commands.startRun, call),
    ]

    expect(answers[0]?.runNo).toBe(answers[1]?.runNo)
    await reject(answers[0]?.runNo ?? 0)
  })

  test('a month that leaves one out is refused', async () => {
    await expect(start({ month: '2020-03' })).rejects.toMatchObject({ code: 'benefits.run_month' })
    await expect(start({ month: '2019-12' })).rejects.toMatchObject({ code: 'benefits.run_month' })
  })
})

describe('the knowledge cut', () => {
  test('a run waits for whoever is saving: refused after the wait, and it sees them once they are done', async () => {
    const { award, id } = await proposed('2020-01')
    const writer = held(world.commands.checkDeterminations)
    const saving = world.does(world.checker, writer.definition, { ids: [id] })
    await writer.isOpen

    for (const waitMs of [150, 0]) {
      await expect(start({ waitMs })).rejects.toMatchObject({
        code: 'platform.cut_waits_for_writers',
        status: 503,
      })
    }
    const waiting = start({ waitMs: 20_000 })
    writer.release()
    const { recordedAt } = await saving
    const { runNo, cut } = await waiting
    await compute(runNo)

    expect(recordedAt < cut).toBe(true)
    expect(await linesOf(runNo, award)).toMatchObject([{ month: '2020-01', fen: 58_000 }])
    await world.publish(runNo)
  })

  test('whoever saves while a run is being started is stamped after its cut', async () => {
    const { id } = await proposed('2020-01')
    const starter = held(world.commands.startRun)
    const starting = world.does(world.maker, starter.definition, {
      group: 'basic_assistance',
      month: '2020-01',
    })
    await starter.isOpen
    const saving = world.does(world.checker, world.commands.checkDeterminations, { ids: [id] })
    starter.release()
    const [{ runNo, cut }, { recordedAt }] = await Promise.all([starting, saving])

    expect(cut < recordedAt).toBe(true)
    await reject(runNo)
  })

  test('what is decided after the cut is neither in the run nor in its replay, and the next run brings it', async () => {
    const { runNo } = await start()
    const award = await decided('2020-01')
    await compute(runNo)
    await world.publish(runNo)

    expect(await linesOf(runNo, award)).toEqual([])
    expect(await world.replay(runNo)).toMatchObject({ isIdentical: true })
    const next = await world.run('2020-01')
    expect(await linesOf(next.runNo, award)).toMatchObject([{ month: '2020-01', fen: 58_000 }])
    expect(await world.replay(runNo)).toMatchObject({ isIdentical: true })
  })

  test('a publication that is under way holds off the next cut, so that its replay counts the same runs', async () => {
    await decided('2020-01')
    const { runNo } = await world.compute('2020-01')
    await world.does(world.checker, world.commands.checkRun, { runNo })
    await world.does(world.approver, world.commands.approveRun, { runNo })
    const publisher = held(world.commands.publishRun)
    const publishing = world.does(world.maker, publisher.definition, { runNo })
    await publisher.isOpen

    await expect(start({ waitMs: 150 })).rejects.toMatchObject({ code: 'platform.cut_waits_for_writers' })
    publisher.release()
    await publishing
    const next = await world.run('2020-01')
    expect(next.lines).toBe(0)
    expect(await world.replay(next.runNo)).toMatchObject({ isIdentical: true })
  })
})

describe('computing', () => {
  test('a computation that broke off is taken up again and comes to the same', async () => {
    const awards = [await decided('2020-01'), await decided('2020-01'), await decided('2020-01')]
    const { runNo } = await start()
    const breakOff = () => {
      throw new Error('the machine went away')
    }
    await expect(compute(runNo, { chunkSize: 1, onProgress: breakOff })).rejects.toThrow(
      'the machine went away',
    )
    const computed = await compute(runNo)

    expect(computed).toMatchObject({ lines: 3, amountFen: 3 * 58_000 })
    expect((await world.linesOf(runNo)).map((line) => line.award)).toEqual([...awards].sort())
    await world.publish(runNo)
    await expect(compute(runNo)).rejects.toMatchObject({ code: 'benefits.run_state' })
  })

  test('two processes do not compute one run', async () => {
    await decided('2020-01')
    const { runNo } = await start()
    const results = await Promise.allSettled([
      compute(runNo, { chunkSize: 1 }),
      compute(runNo, { chunkSize: 1 }),
    ])

    const refused = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    )
    expect(refused).toHaveLength(1)
    expect(refused[0]).toMatchObject({
      code: expect.stringMatching(/^benefits\.run_(busy|state)$/) as unknown,
    })
    await world.publish(runNo)
  })

  test('a run rejected while it is computed writes no line that the next run does not know of', async () => {
    const awards: string[] = []
    for (let n = 0; n < 12; n++) awards.push(await decided('2020-01'))
    const { runNo } = await start()
    let rejecting: Promise<unknown> | undefined
    const computing = compute(runNo, { chunkSize: 1, onProgress: () => void (rejecting ??= reject(runNo)) })

    const [computed] = await Promise.allSettled([computing])
    await rejecting
    if (computed.status === 'rejected') expect(computed.reason).toMatchObject({ code: 'benefits.run_state' })
    const next = await world.run('2020-01')

    expect(next).toMatchObject({ lines: 12, amountFen: 12 * 58_000 })
    expect((await world.linesOf(next.runNo)).map((line) => line.award)).toEqual([...awards].sort())
  })
})
