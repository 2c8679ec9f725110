import {
  levelOf,
  type Counted,
  type CountedPage,
  type Figure,
  type FigureSet,
} from '../../engines/indicators/index.ts'
import type { Month } from '../../platform/dates.ts'
import type { Db } from '../../platform/db.ts'
import {
  listAidAwards,
  listLiveAgreements,
  listRollAwards,
  listRollPersons,
  type RollPart,
} from './counted.db.ts'
import { countLiveAgreements, listAid, listPublished, listRoll, type RollRow } from './figures.db.ts'

const ROLL = '当月净应发大于零的待遇，按该月最后一次已发布核算的知情时点'

/** Counts of a month's roll and the agreements of the people on it. */
export const rollFigures: FigureSet = {
  kind: 'as_of',
  indicators: [
    { name: '城镇低保户数', unit: '户', definition: `城镇低保户：${ROLL}`, hasList: true },
    { name: '城镇低保人数', unit: '人', definition: `城镇低保保障对象人数：${ROLL}`, hasList: true },
    { name: '农村低保户数', unit: '户', definition: `农村低保户：${ROLL}`, hasList: true },
    { name: '农村低保人数', unit: '人', definition: `农村低保保障对象人数：${ROLL}`, hasList: true },
    {
      name: '城镇低保月人均补差',
      unit: '元',
      definition: '当月城镇低保净应发合计 ÷ 人数，四舍五入到元；分项为到分的值',
    },
    {
      name: '农村低保月人均补差',
      unit: '元',
      definition: '当月农村低保净应发合计 ÷ 人数，四舍五入到元；分项为到分的值',
    },
    { name: '城镇特困供养人员', unit: '人', definition: `城镇特困供养人员：${ROLL}`, hasList: true },
    { name: '农村特困供养人员', unit: '人', definition: `农村特困供养人员：${ROLL}`, hasList: true },
    {
      name: '特困人员失能',
      unit: '人',
      definition: `完全丧失自理能力（全护理）的特困人员：${ROLL}`,
      hasList: true,
    },
    {
      name: '特困人员半失能',
      unit: '人',
      definition: `部分丧失自理能力（半护理）的特困人员：${ROLL}`,
      hasList: true,
    },
    {
      name: '特困人员自理',
      unit: '人',
      definition: `具备自理能力（全自理）的特困人员：${ROLL}`,
      hasList: true,
    },
    {
      name: '签订照料护理协议',
      unit: '份',
      definition: '在册特困人员当月有效的照料护理协议，同一知情时点',
      hasList: true,
    },
  ],
  load: async (db, question) => {
    if (question.kind !== 'as_of') return []
    const roll = await listRoll(db, question.county, question.month)
    const agreements = await countLiveAgreements(db, question.county, question.month)
    return [
      ...subsistenceFigures(roll),
      ...extremePovertyFigures(roll),
      { indicator: '签订照料护理协议', value: agreements },
    ]
  },
  listCounted: (db, question, { indicator, ...page }) =>
    question.kind === 'as_of' ? listOnRoll(db, question, { indicator, page }) : undefined,
}

/** What each count of the roll is about: awards of a programme and class, or the persons whom they cover. */
const ROLL_COUNTS: Readonly<Record<string, Omit<RollPart, 'month'> & { ofPersons?: true }>> = {
  城镇低保户数: { program: 'subsistence_allowance', category: 'urban' },
  城镇低保人数: { program: 'subsistence_allowance', category: 'urban', ofPersons: true },
  农村低保户数: { program: 'subsistence_allowance', category: 'rural' },
  农村低保人数: { program: 'subsistence_allowance', category: 'rural', ofPersons: true },
  城镇特困供养人员: { program: 'extreme_poverty_support', category: 'urban' },
  农村特困供养人员: { program: 'extreme_poverty_support', category: 'rural' },
  特困人员失能: { program: 'extreme_poverty_care', category: 'none' },
  特困人员半失能: { program: 'extreme_poverty_care', category: 'partial' },
  特困人员自理: { program: 'extreme_poverty_care', category: 'full' },
}

function listOnRoll(
  db: Db,
  { county, month }: { county: string; month: Month },
  { indicator, page }: { indicator: string; page: CountedPage },
): Promise<readonly Counted[]> | undefined {
  if (indicator === '签订照料护理协议') return listLiveAgreements(db, county, { month, ...page })
  const counted = ROLL_COUNTS[indicator]
  if (!counted) return undefined
  const { ofPersons, ...part } = counted
  return (ofPersons ? listRollPersons : listRollAwards)(db, county, { month, ...part, ...page })
}

function rowOf(
  roll: readonly RollRow[],
  program: string,
  category: string,
): Pick<RollRow, 'awards' | 'persons' | 'dueFen'> {
  return (
    roll.find((row) => row.program === program && row.category === category) ?? {
      awards: 0,
      persons: 0,
      dueFen: 0,
    }
  )
}

function subsistenceFigures(roll: readonly RollRow[]): Figure[] {
  const classes = [
    ['城镇', rowOf(roll, 'subsistence_allowance', 'urban')],
    ['农村', rowOf(roll, 'subsistence_allowance', 'rural')],
  ] as const
  return classes.flatMap(([title, row]): Figure[] => {
    const exact = levelOf(row.dueFen, row.persons)
    return [
      { indicator: `${title}低保户数`, value: row.awards },
      { indicator: `${title}低保人数`, value: row.persons },
      { indicator: `${title}低保月人均补差`, value: Math.round(exact), breakdown: { 到分: exact } },
    ]
  })
}

function extremePovertyFigures(roll: readonly RollRow[]): Figure[] {
  const support = (category: string) => rowOf(roll, 'extreme_poverty_support', category).awards
  const care = (category: string) => rowOf(roll, 'extreme_poverty_care', category).awards
  return [
    { indicator: '城镇特困供养人员', value: support('urban') },
    { indicator: '农村特困供养人员', value: support('rural') },
    { indicator: '特困人员失能', value: care('none') },
    { indicator: '特困人员半失能', value: care('partial') },
    { indicator: '特困人员自理', value: care('full') },
  ]
}

const PUBLISHED = '期内各月核算已发布的应发额（含补发与更正），不论是否已到账'
const AID = '期内各月核算发布、未被撤回的临时救助；一户一次计一人次'

/** Money and person-times of a period. */
export const moneyFigures: FigureSet = {
  kind: 'period',
  indicators: [
    { name: '发放低保金', unit: '元', definition: `低保金：${PUBLISHED}` },
    { name: '发放特困供养金', unit: '元', definition: `特困人员基本生活费：${PUBLISHED}` },
    { name: '发放护理补贴', unit: '元', definition: `特困人员照料护理补贴：${PUBLISHED}` },
    { name: '临时救助人次', unit: '人次', definition: AID, hasList: true },
    { name: '临时救助资金', unit: '元', definition: AID },
    { name: '临时救助水平', unit: '元/人次', definition: '临时救助资金 ÷ 人次，四舍五入到分' },
    {
      name: '建档立卡临时救助人次',
      unit: '人次',
      definition: `对象为建档立卡贫困人口；${AID}`,
      hasList: true,
    },
    { name: '建档立卡临时救助资金', unit: '元', definition: `对象为建档立卡贫困人口；${AID}` },
    {
      name: '建档立卡临时救助水平',
      unit: '元/人次',
      definition: '建档立卡临时救助资金 ÷ 人次，四舍五入到分',
    },
  ],
  load: async (db, question) => {
    if (question.kind !== 'period') return []
    const published = await listPublished(db, question.county, question)
    const aid = await listAid(db, question.county, question)
    const paid = (program: string) =>
      published.filter((row) => row.program === program).reduce((sum, row) => sum + row.fen, 0) / 100
    return [
      { indicator: '发放低保金', value: paid('subsistence_allowance') },
      { indicator: '发放特困供养金', value: paid('extreme_poverty_support') },
      { indicator: '发放护理补贴', value: paid('extreme_poverty_care') },
      ...aidFigures('临时救助', aid),
      ...aidFigures(
        '建档立卡临时救助',
        aid.filter((row) => row.category === REGISTERED_POOR),
      ),
    ]
  },
  listCounted: (db, question, { indicator, ...page }) => {
    if (question.kind !== 'period') return undefined
    const { county, from, to } = question
    if (indicator === '临时救助人次') return listAidAwards(db, county, { from, to, ...page })
    if (indicator !== '建档立卡临时救助人次') return undefined
    return listAidAwards(db, county, { from, to, category: REGISTERED_POOR, ...page })
  },
}

const REGISTERED_POOR = 'registered_poor'

function aidFigures(title: string, rows: readonly { awards: number; fen: number }[]): Figure[] {
  const awards = rows.reduce((sum, row) => sum + row.awards, 0)
  const fen = rows.reduce((sum, row) => sum + row.fen, 0)
  return [
    { indicator: `${title}人次`, value: awards },
    { indicator: `${title}资金`, value: fen / 100 },
    { indicator: `${title}水平`, value: levelOf(fen, awards) },
  ]
}
