import { upgrade15 } from '../server/platform/id-number.ts'
import { cardOf, idNumberOf, shuffled, wrongDigit } from './import-sheet.ts'

/**
 * What an old system gives out when a bureau leaves it: people, households, the last list, decisions and what was paid, as files. The
 * amounts are worked out here, by the law and by the old system's habits, and by no code of the product. Dirt is planted by a seed: each
 * file has a dirty and a clean version.
 */

export const OPENING = '2020-01'
export const LIST = '2019-12'

/** Yuan a month. The rural standard rises in the opening month. */
export const RURAL = { before: 484, after: 520 }
export const URBAN = 702
export const SUPPORT = { rural: 775, urban: 1124 }
export const CARE = { partial: 423, none: 846 }

export interface ExportSize {
  /** Households on 低保, every fifth of two people; and people on 特困, each with support and care. */
  households: number
  destitute: number
  /** Rows of each kind of dirt, and of each reason to differ. */
  each: number
  seed: number
}

type Row = readonly string[]

/** A file before and after somebody has put it right. */
export interface OldFile {
  kind: string
  fileName: string
  dirty: Row[]
  clean: Row[]
}

export interface OldExport {
  files: Record<
    'people' | 'households' | 'rolls' | 'decisions' | 'newcomers' | 'ended' | 'holds' | 'oldList',
    OldFile
  >
  /** Rows of each kind of dirt that a dirty file holds, by check. */
  planted: Record<'people' | 'households' | 'rolls' | 'decisions' | 'newcomers', Record<string, number>>
  /** Numbers of people by what is to be done about them in the office. */
  dead: string[]
  withoutAccount: string[]
  /** Lines of the comparison by how they differ and why; `hand` = a person has to say it. */
  expected: {
    lines: number
    byReason: Record<string, number>
    byHand: number
    oldFen: number
    newFen: number
  }
}

interface Person {
  number: string
  name: string
  village: string
  account: string
  accountName: string
}

interface Poor {
  at: number
  people: Person[]
  isUrban: boolean
  /** Per head, fen. */
  incomeFen: number
}

interface Destitute {
  person: Person
  isUrban: boolean
  care: keyof typeof CARE
}

const SURNAMES = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨'
const GIVEN = '志强丽华建国秀英春梅玉兰海燕文军'
const VILLAGES = ['上村', '下村', '中村', '东村']

/** Two who were born on one day have different names: the serials of a day are 14 000 apart. */
function personOf(serial: number): Person {
  const given = (step: number) => GIVEN.charAt(Math.floor(serial / step) % 15)
  const name = `${SURNAMES.charAt(serial % 16)}${given(16)}${given(240)}`
  const village = VILLAGES[serial % 4] ?? ''
  return { number: idNumberOf(serial), name, village, account: cardOf(serial), accountName: name }
}

const yuan = (fen: number) => (fen / 100).toFixed(2)

export function oldExport({ households, destitute, each, seed }: ExportSize): OldExport {
  let serial = 0
  const poor = Array.from({ length: households }, (_, at): Poor => {
    const isUrban = at % 3 === 0
    const people = Array.from({ length: at % 5 === 0 ? 2 : 1 }, () => personOf(serial++))
    // The old system counted in jiao; here and there an income has fen.
    return { at, people, isUrban, incomeFen: (at % 40) * 500 + (isUrban && at % 7 === 0 ? 37 : 0) }
  })
  const needy = Array.from({ length: destitute }, (_, at): Destitute => {
    return { person: personOf(serial++), isUrban: at % 4 === 0, care: at % 2 === 0 ? 'partial' : 'none' }
  })
  const draw = drawer(seed, { poor, needy })
  return assemble({ poor, needy, each, draw, nextSerial: () => serial++ })
}

interface Drawer {
  /** So many households, or people, that nothing else was planted on. */
  poor: (count: number, fits?: (unit: Poor) => boolean) => Poor[]
  needy: (count: number) => Destitute[]
}

function drawer(seed: number, all: { poor: Poor[]; needy: Destitute[] }): Drawer {
  const poor = shuffled(all.poor.length, seed).flatMap((at) => all.poor[at] ?? [])
  const needy = shuffled(all.needy.length, seed + 1).flatMap((at) => all.needy[at] ?? [])
  const taken = new Set<Poor>()
  return {
    poor: (count, fits = () => true) => {
      const found = poor.filter((unit) => !taken.has(unit) && fits(unit)).slice(0, count)
      if (found.length < count) throw new Error('the export is too small for what is planted in it')
      for (const unit of found) taken.add(unit)
      return found
    },
    needy: (count) => needy.splice(0, count),
  }
}

const isSingle = ({ people }: Poor) => people.length === 1
const isUrbanPair = ({ people, isUrban }: Poor) => isUrban && people.length === 2
const isUrbanEven = ({ isUrban, incomeFen }: Poor) => isUrban && incomeFen % 100 === 0
const hasFen = ({ incomeFen }: Poor) => incomeFen % 100 !== 0

interface Assembling {
  poor: Poor[]
  needy: Destitute[]
  each: number
  draw: Drawer
  nextSerial: () => number
}

function assemble({ poor, needy, each, draw, nextSerial }: Assembling): OldExport {
  // What the office has to find and put right on file.
  const dead = draw.poor(each, (unit) => isSingle(unit) && isUrbanEven(unit))
  const shared = [draw.needy(each), draw.needy(each)]
  const guarded = draw.needy(each)
  const ancient = draw.needy(each)
  const without = draw.needy(each)
  const held = draw.needy(each)
  for (const [index, { person }] of (shared[0] ?? []).entries())
    person.account = shared[1]?.[index]?.person.account ?? ''
  for (const { person } of guarded) person.accountName = '监护人'
  for (const [index, { person }] of ancient.entries()) {
    person.number = upgrade15(`441882050101${String(101 + index)}`)
    // All of one day: no two of one name.
    person.name = `${SURNAMES.charAt(index % 16)}${GIVEN.charAt(Math.floor(index / 16) % 15)}寿`
    person.accountName = person.name
  }
  for (const { person } of without) person.account = ''
  // Where the old list and the law differ.
  const rounded = poor.filter(hasFen)
  const grown = draw.poor(each, (unit) => isUrbanPair(unit) && isUrbanEven(unit))
  const arrears = draw.poor(each, isUrbanEven)
  const wrong = draw.poor(each, isUrbanEven)
  const newcomers = Array.from({ length: each }, (): Destitute => {
    return { person: personOf(nextSerial()), isUrban: false, care: 'none' }
  })
  const stopped = Array.from({ length: each }, () => personOf(nextSerial()))
  const twins = draw.poor(each, isSingle).map(({ people: [one] }): Person => {
    const twin = personOf(nextSerial())
    return {
      ...twin,
      name: one?.name ?? '',
      accountName: one?.name ?? '',
      number: sameDay(one?.number ?? ''),
    }
  })
  const everybody = [
    ...poor.flatMap(({ people }) => people),
    ...[...needy, ...newcomers].map(({ person }) => person),
    ...[...stopped, ...twins],
  ]
  const others = { dead, held, rounded, grown, arrears, wrong, newcomers, stopped }
  const people = peopleFile(everybody, each)
  const houses = householdFile(poor, draw.poor(each, isSingle))
  const rolls = rollFile({ poor, needy, draw, each, held, rounded })
  const decisions = decisionFile({ poor, needy, draw, each })
  const added = newcomerFile(newcomers, draw.poor(each, isSingle))
  return {
    files: {
      ...{ people: people.file, households: houses.file, rolls: rolls.file, decisions: decisions.file },
      ...{
        newcomers: added.file,
        ended: endFile(dead),
        holds: holdFile(held),
        oldList: oldListFile({ poor, needy, ...others }),
      },
    },
    planted: {
      ...{ people: people.planted, households: houses.planted, rolls: rolls.planted },
      ...{ decisions: decisions.planted, newcomers: added.planted },
    },
    dead: dead.flatMap(({ people: [one] }) => one?.number ?? []),
    withoutAccount: without.map(({ person }) => person.number),
    expected: expectedOf({ poor, needy, ...others }),
  }
}

/** Another number of somebody born on the same day. */
function sameDay(number: string): string {
  return upgrade15(
    `${number.slice(0, 6)}${number.slice(8, 14)}${String(900 + (Number(number.slice(14, 17)) % 90))}`,
  )
}

const PEOPLE = ['姓名', '身份证号', '性别', '村', '乡镇', '电话', '一卡通账号', '户名']
const AT = { name: 0, number: 1, sex: 2, village: 3, phone: 5, account: 6 }

function peopleFile(everybody: readonly Person[], each: number) {
  const sexOf = (number: string) => (Number(number[16]) % 2 === 1 ? '男' : '女')
  const rows = everybody.map(({ number, name, village, account, accountName }, at) => [
    ...[name, number, sexOf(number), village, '北山镇', `139${String(10_000_000 + at)}`],
    ...[account, account === '' ? '' : accountName],
  ])
  const kinds: [check: string, at: keyof typeof AT, change: (cell: string) => string][] = [
    ['id_check_digit', 'number', wrongDigit],
    ['id_form', 'number', (cell) => cell.slice(0, 17)],
    ['id_birth_date', 'number', (cell) => `${cell.slice(0, 10)}1332${cell.slice(14)}`],
    ['id_differs', 'sex', (cell) => (cell === '男' ? '女' : '男')],
    ['name_form', 'name', () => '王#小'],
    ['area_missing', 'village', () => ''],
    ['area_unknown', 'village', () => '桃花源村'],
    ['account_check', 'account', wrongDigit],
    ['phone_form', 'phone', () => '1390013800'],
  ]
  const withCard = rows.flatMap((row, at) => (row[AT.account] === '' || row[7] !== row[0] ? [] : [at]))
  const dirty = rows.map((row) => [...row])
  const planted: Record<string, number> = { person_twice: each }
  for (const [turn, [check, column, change]] of kinds.entries()) {
    planted[check] = each
    for (let copy = 0; copy < each; copy++) {
      const row = dirty[withCard[turn * each + copy] ?? -1]
      if (row) row[AT[column]] = change(row[AT[column]] ?? '')
    }
  }
  const twice = withCard
    .slice(kinds.length * each, (kinds.length + 1) * each)
    .flatMap((at) => [rows[at] ?? []])
  const file = {
    kind: 'people',
    fileName: '人员.csv',
    dirty: [PEOPLE, ...dirty, ...twice],
    clean: [PEOPLE, ...rows],
  }
  return { file, planted }
}

const HOUSEHOLDS = ['户编号', '与户主关系', '姓名', '身份证号', '加入日期']

function householdFile(poor: readonly Poor[], headless: readonly Poor[]) {
  const rowsOf = (unit: Poor, relation: string) =>
    unit.people.map(({ name, number }, index) => [
      ...[`户${unit.at}`, index === 0 ? relation : '配偶', name, number, '2019-01-01'],
    ])
  const file = {
    ...{ kind: 'households', fileName: '家庭.csv' },
    dirty: [HOUSEHOLDS, ...poor.flatMap((unit) => rowsOf(unit, headless.includes(unit) ? '其他' : '户主'))],
    clean: [HOUSEHOLDS, ...poor.flatMap((unit) => rowsOf(unit, '户主'))],
  }
  return { file, planted: { household_head: headless.length } }
}

/** What the old system paid a household in its last month, before its habits and mistakes. */
function oldFenOf({ people, isUrban, incomeFen }: Poor): number {
  return ((isUrban ? URBAN : RURAL.before) * 100 - incomeFen) * people.length
}

function newFenOf({ people, isUrban, incomeFen }: Poor): number {
  return ((isUrban ? URBAN : RURAL.after) * 100 - incomeFen) * people.length
}

function supportFenOf({ isUrban }: Destitute): number {
  return (isUrban ? SUPPORT.urban : SUPPORT.rural) * 100
}

function careFenOf({ care }: Destitute): number {
  return CARE[care] * 100
}

const ROLLS = ['姓名', '身份证号', '项目', '末次发放月份', '月发放金额']

interface RollsOf {
  poor: readonly Poor[]
  needy: readonly Destitute[]
  draw: Drawer
  each: number
  held: readonly Destitute[]
  rounded: readonly Poor[]
}

function rollFile({ poor, needy, draw, each, held, rounded }: RollsOf) {
  const rows = new Map<Poor | Destitute, string[][]>()
  for (const unit of poor) {
    const [head] = unit.people
    const fen = rounded.includes(unit) ? roundedFen(oldFenOf(unit)) : oldFenOf(unit)
    rows.set(unit, [[head?.name ?? '', head?.number ?? '', '低保', LIST, yuan(fen)]])
  }
  for (const unit of needy) {
    const { name, number } = unit.person
    const support = held.includes(unit) ? 0 : supportFenOf(unit)
    rows.set(unit, [
      [name, number, '特困供养', LIST, yuan(support)],
      [name, number, '特困护理', LIST, yuan(careFenOf(unit))],
    ])
  }
  const kinds: [check: string, column: number, cell: string][] = [
    ['amount_form', 4, '壹百'],
    ['month_form', 3, '2019-13'],
    ['program_word', 2, '高龄津贴'],
    ['paid_too_early', 3, '2019-10'],
    ['name_differs', 0, '别人'],
  ]
  const changed = new Map<Poor | Destitute, string[]>()
  const planted: Record<string, number> = { benefit_twice: each, not_on_file: each }
  for (const [check, column, cell] of kinds) {
    planted[check] = each
    for (const unit of draw.poor(each, isSingle))
      changed.set(
        unit,
        (rows.get(unit)?.[0] ?? []).map((old, at) => (at === column ? cell : old)),
      )
  }
  const twice = draw.poor(each, isSingle).flatMap((unit) => rows.get(unit) ?? [])
  const strangers = Array.from({ length: each }, (_, at) => {
    return ['查无此人', idNumberOf(400_000 + at), '特困供养', LIST, '775.00']
  })
  const file = {
    ...{ kind: 'rolls', fileName: '末次发放名单.csv' },
    dirty: [
      ROLLS,
      ...[...rows].flatMap(([unit, own]) => [changed.get(unit) ?? own[0] ?? [], ...own.slice(1)]),
      ...[...twice, ...strangers],
    ],
    clean: [ROLLS, ...[...rows.values()].flat()],
  }
  return { file, planted }
}

const DECISIONS = [
  ...['姓名', '身份证号', '救助项目', '办理类别', '执行月份', '原因', '文号', '月保障金额'],
  ...['城乡类别', '人均月收入', '供养方式', '自理能力'],
]
const WHY = ['旧系统迁移', '清民救〔2019〕12号']

function poorDecision(unit: Poor, act = '新增'): string[] {
  const [head] = unit.people
  const who = [head?.name ?? '', head?.number ?? '']
  if (act === '终止') return [...who, '低保', act, OPENING, ...WHY, '', '', '', '', '']
  const residence = unit.isUrban ? '城镇' : '农村'
  return [
    ...[...who, '低保', act, OPENING, ...WHY, yuan(newFenOf(unit))],
    ...[residence, yuan(unit.incomeFen), '', ''],
  ]
}

function needyDecisions(unit: Destitute): string[][] {
  const { name, number } = unit.person
  const ability = unit.care === 'partial' ? '半自理' : '全护理'
  const residence = unit.isUrban ? '城镇' : '农村'
  const of = (program: string, fen: number, town: string) => [
    ...[name, number, program, '新增', OPENING, ...WHY, yuan(fen), town, '', '分散供养', ability],
  ]
  return [of('特困供养', supportFenOf(unit), residence), of('特困护理', careFenOf(unit), '')]
}

function decisionFile({ poor, needy, draw, each }: Pick<RollsOf, 'poor' | 'needy' | 'draw' | 'each'>) {
  const miscounted = draw.poor(each, isSingle)
  const unclear = draw.poor(each, isSingle)
  const forgotten = draw.poor(each, isSingle)
  const dirty = poor.flatMap((unit) => {
    const row = poorDecision(unit)
    if (forgotten.includes(unit)) return []
    if (miscounted.includes(unit)) return [row.with(7, '9.99')]
    return [unclear.includes(unit) ? row.with(8, '') : row]
  })
  const rest = needy.flatMap(needyDecisions)
  const file = {
    ...{ kind: 'decisions', fileName: '认定.csv' },
    dirty: [DECISIONS, ...dirty, ...rest],
    clean: [DECISIONS, ...poor.map((unit) => poorDecision(unit)), ...rest],
  }
  // Whoever's row was wrong has no decision either.
  const planted = { amount_differs: each, content_missing: each, no_determination: 3 * each }
  return { file, planted }
}

/** Newly granted in the first month; the dirty file also gives 特困 to people on 低保. */
function newcomerFile(newcomers: readonly Destitute[], covered: readonly Poor[]) {
  const rows = newcomers.flatMap((unit) => needyDecisions(unit).slice(0, 1))
  const both = covered.flatMap(({ people: [one] }) =>
    one ? needyDecisions({ person: one, isUrban: false, care: 'none' }).slice(0, 1) : [],
  )
  const file = {
    ...{ kind: 'decisions', fileName: '新增认定.csv' },
    dirty: [DECISIONS, ...rows, ...both],
    clean: [DECISIONS, ...rows],
  }
  return { file, planted: { forbidden_together: covered.length } }
}

function endFile(dead: readonly Poor[]): OldFile {
  const rows = [DECISIONS, ...dead.map((unit) => poorDecision(unit, '终止'))]
  return { kind: 'decisions', fileName: '终止认定.csv', dirty: rows, clean: rows }
}

const HOLDS = ['姓名', '身份证号', '项目', '起始月份', '暂缓原因', '依据', '复查日期']

function holdFile(held: readonly Destitute[]): OldFile {
  const why = ['旧系统暂缓', '移交清单第三页', '2020-03-01']
  const rows = [HOLDS, ...held.map(({ person }) => [person.name, person.number, '特困供养', OPENING, ...why])]
  return { kind: 'holds', fileName: '暂缓.csv', dirty: rows, clean: rows }
}

interface Differing {
  poor: readonly Poor[]
  needy: readonly Destitute[]
  dead: readonly Poor[]
  held: readonly Destitute[]
  rounded: readonly Poor[]
  grown: readonly Poor[]
  arrears: readonly Poor[]
  wrong: readonly Poor[]
  newcomers: readonly Destitute[]
  stopped: readonly Person[]
}

const OLD_LIST = ['姓名', '身份证号', '项目', '发放月份', '实发金额', '其中补发', '享受人数']
const OFF_FEN = 333

/** What the old list says of a household: amount, of it arrears, for how many. */
function paidOf(unit: Poor, { rounded, grown, arrears, wrong }: Differing): [number, number, number] {
  const fen = oldFenOf(unit)
  const count = unit.people.length
  if (rounded.includes(unit)) return [roundedFen(fen), 0, count]
  if (grown.includes(unit)) return [fen / 2, 0, 1]
  if (arrears.includes(unit)) return [fen * 3, fen * 2, count]
  return [wrong.includes(unit) ? fen + OFF_FEN : fen, 0, count]
}

function roundedFen(fen: number): number {
  return Math.round(fen / 100) * 100
}

function oldListFile(differing: Differing): OldFile {
  const { poor, needy, held, stopped } = differing
  const line = ({ name, number }: Person, program: string, [fen, more, count]: [number, number, number]) => [
    ...[name, number, program, LIST, yuan(fen), more === 0 ? '' : yuan(more), String(count)],
  ]
  const rows = [
    ...poor.flatMap((unit) =>
      unit.people.slice(0, 1).map((head) => line(head, '低保', paidOf(unit, differing))),
    ),
    ...needy.flatMap((unit) => [
      line(unit.person, '特困供养', [held.includes(unit) ? 0 : supportFenOf(unit), 0, 1]),
      line(unit.person, '特困护理', [careFenOf(unit), 0, 1]),
    ]),
    ...stopped.map((person) => line(person, '特困供养', [SUPPORT.rural * 100, 0, 1])),
  ]
  const dirty = rows.map((row, at) => (at < 2 ? row.with(4, '-1') : row))
  return {
    kind: 'old_list',
    fileName: '十二月实发.csv',
    dirty: [OLD_LIST, ...dirty],
    clean: [OLD_LIST, ...rows],
  }
}

function expectedOf(differing: Differing): OldExport['expected'] {
  const { poor, needy, dead, held, rounded, grown, arrears, wrong, newcomers, stopped } = differing
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0)
  return {
    lines: poor.length + needy.length * 2 + newcomers.length + stopped.length,
    byReason: {
      ...{ rate: poor.filter(({ isUrban }) => !isUrban).length, rounding: rounded.length },
      ...{ composition: grown.length, arrears: arrears.length, hold: held.length, start: newcomers.length },
    },
    byHand: wrong.length + stopped.length + dead.length,
    oldFen:
      sum(poor.map((unit) => paidOf(unit, differing)[0])) +
      sum(needy.map((unit) => careFenOf(unit) + (held.includes(unit) ? 0 : supportFenOf(unit)))) +
      stopped.length * SUPPORT.rural * 100,
    newFen:
      sum(poor.map((unit) => (dead.includes(unit) ? 0 : newFenOf(unit)))) +
      sum([...needy, ...newcomers].map(supportFenOf)) +
      sum(needy.map(careFenOf)),
  }
}
