import { readFileSync } from 'node:fs'
import { commands } from '../app.ts'
import type { Deps } from '../platform/command.ts'
import { advanceClock } from '../platform/clock.ts'
import type { Month } from '../platform/dates.ts'
import { enterEvents, newPerson } from './enter.ts'
import { openOffice, type Office } from './office.ts'
import { payMonth, type PaidMonth } from './pay.ts'
import type { DemoPlan, PlanArea } from './plan-types.ts'
import { rollOf, type Roll } from './roll.ts'

export interface DemoProgress {
  step: string
  done: number
  total: number
  /** Of the whole work, 0 … 1, as long as it usually takes. */
  share: number
  /** The last month that is run, paid and closed. */
  closedTo: Month | null
}

export interface LoadOptions {
  onProgress?: (progress: DemoProgress) => void
  /** Months to run; all of the plan when absent. */
  months?: number
}

/** How much of the time each part takes; the months share the rest. */
const REGISTER = 0.12
const OPENING = 0.08

/**
 * Loads a demonstration: enters the plan by commands under the simulated clock, and runs, pays and closes its months. May be called
 * again after it broke off at any point: what was done is known by its key and answers, the rest is done.
 */
export async function loadDemo(
  deps: Deps,
  plan: DemoPlan,
  { onProgress = () => {}, months = plan.months.length }: LoadOptions = {},
): Promise<PaidMonth[]> {
  const office = await openDemo(deps, plan)
  const roll = rollOf(plan)
  const base = { total: 1, closedTo: null }
  await enterRegister(office, roll, plan, (step, done, { total, share }) =>
    onProgress({ ...base, step, done, total, share: REGISTER * share }),
  )
  onProgress({ ...base, step: '期初待遇与认定', done: 0, share: REGISTER })
  await enterEvents(office, roll, plan.opening)
  await enterBudgets(office, plan)
  const paid: PaidMonth[] = []
  for (const [index, month] of plan.months.slice(0, months).entries()) {
    const closedTo = plan.months[index - 1]?.month ?? null
    const tell = (step: string, part: number) => {
      const share = REGISTER + OPENING + (1 - REGISTER - OPENING) * ((index + part) / months)
      onProgress({ step: `${month.month} ${step}`, done: index, total: months, share, closedTo })
    }
    tell('录入', 0)
    await enterEvents(office, roll, month.events)
    paid.push(...(await payMonth(deps, office, { roll, month, report: tell })))
  }
  onProgress({
    ...{ step: '完成', done: months, total: months, share: 1 },
    closedTo: plan.months[months - 1]?.month ?? null,
  })
  return paid
}

/** The first things, in a second: the clock, the people of the office and the places. From then on they can sign in. */
export async function openDemo(
  deps: Deps,
  { county, areas, openedOn }: Pick<DemoPlan, 'county' | 'areas' | 'openedOn'>,
): Promise<Office> {
  await advanceClock(deps.database.app, `${openedOn}T08:30:00+08:00`)
  const rows = areaRows(areas)
  const towns = rows.filter((area) => area.level === 'township').map((area) => area.code)
  const office = await openOffice(deps, county, towns)
  await office.does(office.clerk, commands.recordAreas, {
    areas: rows.map(({ code, name, level, parent }) => ({ code, name, level, parent })),
  })
  return office
}

function areaRows(areas: DemoPlan['areas']): readonly PlanArea[] {
  if (areas.kind === 'rows') return areas.rows
  return JSON.parse(readFileSync(new URL(`../../${areas.path}`, import.meta.url), 'utf8')) as PlanArea[]
}

const AT_MOST = 1000

/** `share`: of the whole register. */
type TellRegister = (step: string, done: number, of: { total: number; share: number }) => void

async function enterRegister(office: Office, roll: Roll, plan: DemoPlan, tell: TellRegister): Promise<void> {
  const lists = [
    [
      '机构',
      plan.organisations,
      (organisations: DemoPlan['organisations']) => registerOrganisations(office, organisations),
    ],
    [
      '人员',
      plan.people,
      (people: DemoPlan['people']) =>
        office.does(office.clerk, commands.registerPeople, { people: people.map(newPerson) }),
    ],
    ['家庭', plan.households, (households: DemoPlan['households']) => createHouseholds(office, households)],
    [
      '账户',
      plan.accounts,
      (accounts: DemoPlan['accounts']) =>
        office.does(office.clerk, commands.recordAccounts, { accounts: accounts.map(roll.newAccount) }),
    ],
  ] as const
  const whole = lists.reduce((sum, [, items]) => sum + items.length, 0)
  let entered = 0
  for (const [title, items, enter] of lists) {
    for (let at = 0; at < items.length; at += AT_MOST) {
      tell(title, at, { total: items.length, share: entered / whole })
      const slice = items.slice(at, at + AT_MOST)
      await enter(slice as never)
      entered += slice.length
    }
  }
}

async function registerOrganisations(
  office: Office,
  organisations: DemoPlan['organisations'],
): Promise<void> {
  const list = organisations.map(({ id, name, uscc, town, village }) => ({
    id,
    fullName: name,
    uscc,
    town,
    village,
  }))
  await office.does(office.clerk, commands.registerOrganisations, { organisations: list })
}

async function createHouseholds(office: Office, households: DemoPlan['households']): Promise<void> {
  const list = households.map(({ id, headPersonId, village, town, members }) => ({
    id,
    headId: headPersonId,
    village,
    town,
    members,
  }))
  await office.does(office.clerk, commands.createHouseholds, { households: list })
}

/** Enough for the year; the split by source is invented and says so. */
const BUDGETS = [
  ['subsistence_allowance', 4_600_000_000],
  ['extreme_poverty_support', 3_600_000_000],
  ['extreme_poverty_care', 500_000_000],
  ['temporary_assistance', 80_000_000],
] as const

async function enterBudgets(office: Office, { months }: DemoPlan): Promise<void> {
  const fiscalYear = Number(months[0]?.month.slice(0, 4))
  for (const [program, amountFen] of BUDGETS) {
    const share = amountFen / 10
    for (const [source, parts] of [
      ['中央和省级（演示）', 7],
      ['县级（演示）', 3],
    ] as const) {
      await office.does(office.fundsClerk, commands.createBudget, {
        fiscalYear,
        source,
        program,
        amountFen: share * parts,
        basis: '演示预算（假设）',
      })
    }
  }
}
