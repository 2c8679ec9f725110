import type { AreaChange, PlanArea } from './plan-types.ts'

const COUNTY = '441882'
export const MERGED_TOWN = '441882109'
export const COUNTY_TOWN = '441882100'
export const COUNTY_TOWN_COMMUNITY = '441882100001'
export const COUNTY_TOWN_VILLAGE = '441882100202'

/** The 13 villages of 九陂镇 from 2020-06-30. */
const VILLAGES: readonly [string, string][] = [
  ['201', '新墟'],
  ['202', '岩头'],
  ['203', '双塘'],
  ['204', '联一'],
  ['205', '四联'],
  ['207', '白石'],
  ['208', '高相'],
  ['209', '爱民'],
  ['212', '龙岗'],
  ['213', '龙潭'],
  ['214', '南石塘'],
  ['216', '深冲'],
  ['217', '新民'],
]
const OLD_VILLAGES = 154

// The names of the 154 former village committees are not published; these are invented, like their codes.
const SIDES = '上下大小新老东西南北中'
const STEMS = [
  '塘背',
  '坪地',
  '岭脚',
  '坑口',
  '水井',
  '石桥',
  '田心',
  '冲尾',
  '屋场',
  '竹山',
  '荷洞',
  '枫树',
  '油茶',
  '沙洲',
]

const oldVillages = Array.from({ length: OLD_VILLAGES }, (_, index) => {
  const stem = STEMS[Math.floor(index / SIDES.length)] ?? ''
  // Eleven stations had twelve villages, two had eleven.
  const station = index < 132 ? Math.floor(index / 12) : 11 + Math.floor((index - 132) / 11)
  return {
    name: SIDES.charAt(index % SIDES.length) + stem,
    oldCode: MERGED_TOWN + String(301 + index),
    groupCode: MERGED_TOWN + String(501 + index),
    station,
  }
})

const stations = VILLAGES.map(([, name], index): PlanArea => ({
  code: MERGED_TOWN + String(901 + index),
  name: `${name}村社区党政公共服务站`,
  level: 'service_station',
  parent: MERGED_TOWN,
}))

const newVillages = VILLAGES.map(([suffix, name]): PlanArea => ({
  code: MERGED_TOWN + suffix,
  name: `${name}村委会`,
  level: 'village',
  parent: MERGED_TOWN,
}))

/** Areas in force until 2020-06-29, upper ones first. */
export const SMALL_AREAS: readonly PlanArea[] = [
  { code: COUNTY, name: '连州市', level: 'county', parent: '4418' },
  { code: COUNTY_TOWN, name: '连州镇', level: 'township', parent: COUNTY },
  { code: COUNTY_TOWN_COMMUNITY, name: '燕喜社区居委会', level: 'community', parent: COUNTY_TOWN },
  { code: COUNTY_TOWN_VILLAGE, name: '城西村委会', level: 'village', parent: COUNTY_TOWN },
  { code: MERGED_TOWN, name: '九陂镇', level: 'township', parent: COUNTY },
  ...stations,
  ...oldVillages.map(({ name, oldCode, station }): PlanArea => ({
    code: oldCode,
    name: `${name}村委会`,
    level: 'village',
    parent: stationAt(stations, station).code,
  })),
]

/** 13 stations and 154 village committees end; 13 village committees and 154 village groups begin. */
export const SMALL_AREA_CHANGE: AreaChange = {
  on: '2020-06-30',
  end: [...oldVillages.map(({ oldCode }) => oldCode), ...stations.map(({ code }) => code)],
  begin: [
    ...newVillages,
    ...oldVillages.map(({ name, groupCode, station }): PlanArea => ({
      code: groupCode,
      name: `${name}村民小组`,
      level: 'village_group',
      parent: stationAt(newVillages, station).code,
    })),
  ],
  moves: Object.fromEntries(
    oldVillages.map(({ oldCode, station }) => [oldCode, stationAt(newVillages, station).code]),
  ),
}

export const OLD_VILLAGE_CODES: readonly string[] = oldVillages.map(({ oldCode }) => oldCode)

function stationAt(areas: readonly PlanArea[], index: number): PlanArea {
  const area = areas[index]
  if (!area) throw new Error(`no station ${String(index)}`)
  return area
}
