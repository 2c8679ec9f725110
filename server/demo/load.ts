import { readFileSync } from 'node:fs'
import { commands } from '../app.ts'
import type { Deps } from '../platform/command.ts'
import { advanceClock } from '../platform/clock.ts'
import { enterEvents, newPerson } from './enter.ts'
import { openOffice, type Office } from './office.ts'
import { payMonth, type PaidMonth } from './pay.ts'
import type { DemoPlan, PlanArea } from './plan-types.ts'
import { rollOf, type Roll } from './roll.ts'

export interface DemoProgress {
  step: string
  done: number
  total: number
}

export interface LoadOptions {
  onProgress?: (progress: DemoProgress) => void
  /** Months to run; all of the plan when absent. */
  months?: number
}

/** Loads a demonstration: enters the plan by commands under the simulated clock, and runs, pays and closes its months. */
export async function loadDemo(
  deps: Deps,
  plan: DemoPlan,
  { onProgress, months = plan.months.length }: LoadOptions = {},
): Promise<PaidMonth[]> {
  const report = (step: string, done: number, total: number) => onProgress?.({ step, done, total })
  await advanceClock(deps.database.app, `${plan.openedOn}T08:30:00+08:00`)
  const areas = areasOf(plan)
  const towns = areas.filter((area) => area.level === 'township').map((area) => area.code)
  const office = await openOffice(deps, plan.county, towns)
  const roll = rollOf(plan)
  await enterRegister(office, roll, { plan, areas, report })
  report('期初待遇与认定', 0, 1)
  await enterEvents(office, roll, plan.opening)
  await enterBudgets(office, plan)
  const paid: PaidMonth[] = []
  for (const [index, month] of plan.months.slice(0, months).entries()) {
    report(`${month.month} 录入`, index, months)
    await enterEvents(office, roll, month.events)
    paid.push(
      ...(await payMonth(deps, office, {
        roll,
        month,
        report: (step) => report(`${month.month} ${step}`, index, months),
      })),
    )
  }
  report('完成', months, months)
  return paid
}

function areasOf({ areas }: DemoPlan): readonly PlanArea[] {
  if (areas.kind === 'rows') return areas.rows
  return JSON.parse(readFileSync(new URL(`../../${areas.path}`, import.meta.url), 'utf8')) as PlanArea[]
}

const AT_MOST = 1000

interface Register {
  plan: DemoPlan
  areas: readonly PlanArea[]
  report: (step: string, done: number, total: number) => void
}

async function enterRegister(office: Office, roll: Roll, { plan, areas, report }: Register): Promise<void> {
  const rows = areas.map(({ code, name, level, parent }) => ({ code, name, level, parent }))
  await office.does(office.clerk, commands.recordAreas, { areas: rows })
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
  for (const [title, items, enter] of lists) {
    for (let at = 0; at < items.length; at += AT_MOST) {
      report(title, at, items.length)
      await enter(items.slice(at, at + AT_MOST) as never)
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
