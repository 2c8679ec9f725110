import { expect } from 'vitest'
import { commands } from '../../server/app.ts'
import { COUNTY, goLiveDesk, type GoLiveDesk } from '../go-live-desk.ts'
import { LIST, OPENING, SUPPORT } from '../go-live-export.ts'
import { cardOf, idNumberOf } from '../import-sheet.ts'
import { serve, type OfficeWorld } from './office-world.ts'

/**
 * A bureau on the day it begins to move in: people, awards and decisions have come over; of the list of what was paid one row has a fault
 * and the others are not loaded either.
 */
export interface MovingOffice {
  office: OfficeWorld
  desk: GoLiveDesk
  files: { oldList: string[][]; holds: string[][] }
}

export const OLD_LIST_FILE = '十二月实发.csv'
const VILLAGES = ['上村', '下村', '中村', '东村']
const PAID = SUPPORT.rural.toFixed(2)

/** Eight on 特困供养, and one who is new in the opening month. */
const NAMES = ['孔祥和', '曹玉珍', '严学文', '华春生', '金桂芳', '魏长林', '陶秀兰', '姜有福', '戚新来']
const PEOPLE = NAMES.map((name, index) => ({
  name,
  number: idNumberOf(500_000 + index),
  village: VILLAGES[index % 4] ?? '',
}))
type Person = (typeof PEOPLE)[number]

/** Died in December, and the old system went on paying; not paid for the time being; paid three yuan too much. */
export const DEAD = '魏长林'
export const HELD = '陶秀兰'
export const WRONG = '姜有福'
const NEW = '戚新来'

export async function openMovingOffice(): Promise<MovingOffice> {
  const desk = await goLiveDesk()
  await bringOver(desk)
  await desk.does(desk.actors.clerk, commands.recordFacts, {
    facts: (await desk.peopleOf([numberOf(DEAD)])).map((personId) => ({
      ...{ personId, kind: 'death', value: { on: '2019-12-20' }, from: '2019-12-20', source: '火化证明' },
    })),
  })
  const office = await serve(desk.db, COUNTY, new Map())
  const close = async () => {
    await desk.http.close()
    await office.close()
  }
  return { office: { ...office, close }, desk, files: { oldList: oldList(), holds: holds() } }
}

function numberOf(wanted: string): string {
  return PEOPLE.find(({ name }) => name === wanted)?.number ?? ''
}

async function bringOver(desk: GoLiveDesk): Promise<void> {
  const file = (kind: string, fileName: string) => ({ kind, fileName, dirty: [], clean: [] })
  const before = PEOPLE.filter(({ name }) => name !== NEW)
  await desk.bring(file('people', '人员.csv'), [
    ['姓名', '身份证号', '村', '乡镇', '一卡通账号', '户名'],
    ...PEOPLE.map(({ name, number, village }, index) => [
      name,
      number,
      village,
      '北山镇',
      cardOf(500_000 + index),
      name,
    ]),
  ])
  const { id } = await desk.bring(file('rolls', '末次发放名单.csv'), [
    ['姓名', '身份证号', '项目', '末次发放月份', '月发放金额'],
    ...before.map((who) => [who.name, who.number, '特困供养', LIST, who.name === HELD ? '0' : PAID]),
  ])
  await desk.signLists(id)
  const decided = await desk.bring(file('decisions', '认定.csv'), [
    [
      '姓名',
      '身份证号',
      '救助项目',
      '办理类别',
      '执行月份',
      '原因',
      '文号',
      '城乡类别',
      '供养方式',
      '自理能力',
    ],
    ...PEOPLE.map(({ name, number }) => [
      ...[
        name,
        number,
        '特困供养',
        '新增',
        OPENING,
        '旧系统迁移',
        '清民救〔2019〕12号',
        '农村',
        '分散供养',
        '全自理',
      ],
    ]),
  ])
  expect(decided.counts).toMatchObject({ loaded: PEOPLE.length, wrong: 0 })
  await desk.checkAll()
  const [header = [], first = [], ...rows] = oldList()
  await desk.bring(file('old_list', OLD_LIST_FILE), [header, first.with(4, '-1'), ...rows])
}

function oldList(): string[][] {
  const paid = ({ name }: Person) => (name === HELD ? '0' : name === WRONG ? '778.00' : PAID)
  return [
    ['姓名', '身份证号', '项目', '发放月份', '实发金额', '其中补发', '享受人数'],
    ...PEOPLE.filter(({ name }) => name !== NEW).map((who) => [
      ...[who.name, who.number, '特困供养', LIST, paid(who), '', '1'],
    ]),
  ]
}

function holds(): string[][] {
  return [
    ['姓名', '身份证号', '项目', '起始月份', '暂缓原因', '依据', '复查日期'],
    [HELD, numberOf(HELD), '特困供养', OPENING, '旧系统暂缓', '移交清单第三页', '2020-03-01'],
  ]
}
