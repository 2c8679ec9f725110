import type { Month, OracleRateValue } from '../../oracle/index.ts'
import { commands } from '../../server/app.ts'
import { addMonths } from '../../server/platform/dates.ts'
import { fenToYuan } from '../../server/platform/money.ts'
import type { Dice } from './dice.ts'
import { act, look, must, name, tick, Violation, type World } from './world.ts'

/** New law through the real commands, kept for the oracle as it was given. */

export interface NewRate {
  program: string
  item: string
  when?: Record<string, string>
  value: OracleRateValue
  from: Month
  /** Exclusive. */
  to?: Month | null
}

export interface NewSetting {
  program: string
  key: string
  value: unknown
  from: Month
}

export interface NewLaw {
  rates?: readonly NewRate[]
  settings?: readonly NewSetting[]
  /** Absent: the county's own. */
  area?: string
}

const LAW_FROM: Month = '2019-01'
const SUBSISTENCE = 'subsistence_allowance'

/** The law in which every history begins; its options are part of the history. */
export async function layFirstLaw(world: World, dice: Dice): Promise<void> {
  const standard = (residence: string, fen: number): NewRate => {
    return { program: SUBSISTENCE, item: 'standard', when: { residence }, value: { fen }, from: LAW_FROM }
  }
  const supplement = (category: string, percent: string): NewRate => {
    return {
      program: SUBSISTENCE,
      item: 'supplement',
      when: { category },
      value: { percent },
      from: LAW_FROM,
    }
  }
  const tier = (residence: string, category: string, fen: number): NewRate => {
    return {
      program: SUBSISTENCE,
      item: 'tier',
      when: { residence, category },
      value: { fen },
      from: LAW_FROM,
    }
  }
  const factor: OracleRateValue = {
    factor: '1.6',
    of: `${SUBSISTENCE}.standard`,
    round: dice.oneIn(2) ? 'up_yuan' : 'fen',
  }
  const care = (selfCare: string, fen: number): NewRate => {
    return {
      program: 'extreme_poverty_care',
      item: 'care',
      when: { selfCare },
      value: { fen },
      from: LAW_FROM,
    }
  }
  const settings: NewSetting[] = [
    { program: 'temporary_assistance', key: 'township_limit_yuan', value: '1500.00', from: LAW_FROM },
  ]
  if (dice.oneIn(2))
    settings.push({ program: SUBSISTENCE, key: 'rounding', value: 'up_yuan', from: LAW_FROM })
  if (dice.oneIn(3)) settings.push(agesFrom(LAW_FROM))
  const rates = [
    ...[
      standard('urban', 70_200),
      standard('rural', 48_401),
      tier('urban', 'A', 60_000),
      tier('rural', 'A', 41_000),
    ],
    { program: 'extreme_poverty_support', item: 'base', value: factor, from: LAW_FROM },
    ...[care('full', 3_300), care('partial', 53_460), care('none', 106_920)],
  ]
  const supplements = [
    supplement('elderly', '10'),
    supplement('minor', '15.5'),
    supplement('severe_disability', '20'),
    supplement('severe_illness', '12.25'),
  ]
  await layLaw(world, { rates: supplements, area: world.county.slice(0, 4) })
  await layLaw(world, { rates, settings })
}

export function agesFrom(from: Month): NewSetting {
  return { program: SUBSISTENCE, key: 'supplement_by_age', value: { elderlyFrom: 60, minorUnder: 18 }, from }
}

/** Loaded by one person, published by another; known from the publication on. */
export async function layLaw(
  world: World,
  { rates = [], settings = [], area = world.county }: NewLaw,
): Promise<boolean> {
  const file = {
    format: 'minben-policy/1',
    area,
    title: '测试标准',
    basis: [{ id: 'b1', title: '测试文件' }],
    recordedOn: '2020-01-01',
    rates: rates.map(({ program, item, when = {}, value, from, to = null }) => {
      return {
        program,
        item,
        when,
        ...written(value),
        per: 'person_month',
        from,
        to: lastMonth(to),
        basis: 'b1',
      }
    }),
    settings: settings.map((setting) => ({ ...setting, basis: 'b1' })),
  }
  const { policyId } = await must(world, commands.loadPolicy, { input: { text: JSON.stringify(file) } })
  const published = await act(world, commands.publishPolicy, { who: 'checker', input: { policyId } })
  if (!published) return false
  const recordedAt = tick(world)
  const ids = await idsOf(world, policyId, 'rate')
  for (const id of [...ids, ...(await idsOf(world, policyId, 'setting'))])
    world.lawRecordedAt.set(id, recordedAt)
  for (const [index, { program, item, when = {}, value, from, to = null }] of rates.entries()) {
    const id = ids[index]
    if (id === undefined) throw new Violation(`policy ${policyId} has fewer rates than its file`)
    world.history.rates.push({
      id,
      area,
      program,
      item,
      when,
      value,
      per: 'person_month',
      from,
      to,
      recordedAt,
    })
    name(world, id, 'R')
  }
  for (const { program, key, value, from } of settings) {
    world.history.settings.push({ program, key, value: value ?? null, area, from, to: null, recordedAt })
  }
  await look(world)
  return true
}

/** The file's `to` is inclusive. */
function lastMonth(to: Month | null): Month | null {
  return to === null ? null : addMonths(to, -1)
}

function written(value: OracleRateValue): Record<string, string> {
  if ('fen' in value) return { yuan: fenToYuan(value.fen) }
  return value
}

/** Ids as given to the rows of a file, in its order: the subject of a later decision on what they take back. */
async function idsOf(world: World, policyId: string, table: 'rate' | 'setting'): Promise<string[]> {
  const { rows } = await world.lane.db.pool.query<{ id: string }>(
    `select id from benefits.${table} where policy_id = $1 and id = root_id order by id`,
    [policyId],
  )
  return rows.map((row) => row.id)
}

/** A new standard from a month before or after today, up or down, for good or for some months. */
export async function changeStandard(
  world: World,
  dice: Dice,
  fixed: { up?: boolean; from?: Month; residence?: 'urban' | 'rural' } = {},
): Promise<void> {
  const residence = fixed.residence ?? (dice.oneIn(2) ? 'urban' : 'rural')
  const from = fixed.from ?? addMonths(world.now, dice.below(6) - 4)
  const up = fixed.up ?? !dice.oneIn(4)
  const to = dice.oneIn(4) ? addMonths(from, 1 + dice.below(3)) : null
  const last = world.history.rates.findLast(
    (rate) => rate.item === 'standard' && rate.when['residence'] === residence,
  )
  const fen = last && 'fen' in last.value ? last.value.fen : 50_000
  const step = 1 + dice.below(90) * 113
  const value = { fen: up ? fen + step : Math.max(1, fen - step) }
  await layLaw(world, {
    rates: [{ program: SUBSISTENCE, item: 'standard', when: { residence }, value, from, to }],
  })
}

/** Percents of supplements, care standards, or the switch that lets ages count. */
export async function changeOtherLaw(world: World, dice: Dice): Promise<void> {
  const from = addMonths(world.now, dice.below(5) - 3)
  const which = dice.below(3)
  if (which === 0) await layLaw(world, { settings: [agesFrom(from)] })
  else if (which === 1) {
    const value = { percent: String(10 + dice.below(30)) }
    const area = dice.oneIn(2) ? world.county : world.county.slice(0, 4)
    await layLaw(world, {
      rates: [{ program: SUBSISTENCE, item: 'supplement', when: { category: 'elderly' }, value, from }],
      area,
    })
  } else {
    const value = { fen: 40_000 + dice.below(900) * 31 }
    await layLaw(world, {
      rates: [{ program: 'extreme_poverty_care', item: 'care', when: { selfCare: 'partial' }, value, from }],
    })
  }
}
