import { destituteRow, readLianzhou, subsistenceRow, type DemoData, type TownData } from './data.ts'
import { planFrom, type PlanOptions } from './plan.ts'
import type { AreaChange, DemoPlan, PlanEvent } from './plan-types.ts'
import {
  COUNTY_TOWN,
  COUNTY_TOWN_COMMUNITY,
  COUNTY_TOWN_VILLAGE,
  MERGED_TOWN,
  OLD_VILLAGE_CODES,
  SMALL_AREA_CHANGE,
  SMALL_AREAS,
} from './small-areas.ts'
import { SMALL_AID, SMALL_DESTITUTE, SMALL_PLANTS, SMALL_SUBSISTENCE } from './small-rows.ts'

const TOWNS: readonly TownData[] = [
  {
    code: COUNTY_TOWN,
    name: '连州镇',
    villages: [COUNTY_TOWN_VILLAGE],
    communities: [COUNTY_TOWN_COMMUNITY],
    quota: {
      subsistenceUrban: 6,
      subsistenceRural: 4,
      destituteUrban: 2,
      destituteRural: 2,
      aid: 6,
      homeResidents: 0,
    },
  },
  {
    code: MERGED_TOWN,
    name: '九陂镇',
    villages: OLD_VILLAGE_CODES,
    communities: [],
    quota: {
      subsistenceUrban: 0,
      subsistenceRural: 114,
      destituteUrban: 0,
      destituteRural: 56,
      aid: 18,
      homeResidents: 15,
    },
  },
]

/** The rows of the small scenario: every turn of a year, about 300 people, most of them in a town whose villages merge. */
export function smallData(): DemoData {
  const { county, countyName, standards, townLimitYuan } = readLianzhou()
  return {
    county,
    countyName,
    standards,
    townLimitYuan,
    areas: { kind: 'rows', rows: SMALL_AREAS },
    areaChange: SMALL_AREA_CHANGE,
    towns: TOWNS,
    plants: SMALL_PLANTS,
    subsistence: SMALL_SUBSISTENCE.map(subsistenceRow),
    destitute: SMALL_DESTITUTE.map(destituteRow),
    aid: SMALL_AID,
  }
}

export function buildSmallPlan(options: PlanOptions): DemoPlan {
  return afterMerge(planFrom(smallData(), options), SMALL_AREA_CHANGE)
}

/** What is entered from the day of the merge on already names the new villages. */
function afterMerge(plan: DemoPlan, change: AreaChange): DemoPlan {
  return {
    ...plan,
    awards: plan.awards.map((award) =>
      award.createdOn >= change.on ? { ...award, village: villageAfter(change, award.village) } : award,
    ),
    months: plan.months.map((month) => ({
      ...month,
      events: month.events.map((event) => (event.on >= change.on ? eventAfter(event, change) : event)),
    })),
  }
}

function eventAfter(event: PlanEvent, change: AreaChange): PlanEvent {
  if (event.kind !== 'birth' && event.kind !== 'membership') return event
  if (!event.person) return event
  return { ...event, person: { ...event.person, village: villageAfter(change, event.person.village) } }
}

/** The village in which a resident of `village` lives from the day of the change. */
export function villageAfter(change: AreaChange, village: string): string {
  return change.moves[village] ?? village
}
