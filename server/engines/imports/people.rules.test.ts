import { describe, expect, test } from 'vitest'
import { upgrade15 } from '../../platform/id-number.ts'
import { csvLines } from './csv.rules.ts'
import { PEOPLE_FIELDS } from './field.rules.ts'
import { FAULTS, faultOf } from './fault.rules.ts'
import { readPeople } from './people.rules.ts'
import { placeFinder } from './place.rules.ts'
import { findHeader } from './sheet.rules.ts'

const FIRST = upgrade15('441882500101101') // male, 1950-01-01
const SECOND = upgrade15('441882520229104') // female, 1952-02-29

function sheet(...lines: string[][]) {
  const read = lines.map((cells, i) => ({ row: i + 1, cells }))
  const { row = 0, columns = {} } = findHeader(read, PEOPLE_FIELDS) ?? {}
  return readPeople(read, { headerRow: row, columns, today: '2020-07-01' })
}

const HEADER = [
  '序号',
  '姓名',
  '性别',
  '身份证号码',
  '出生日期',
  '所属乡镇',
  '村（社区）',
  '联系电话',
  '是否建档立卡',
  '一卡通账号',
  '开户行',
]

describe('reading a sheet', () => {
  test('columns are found by the headers that county offices write, below a title', () => {
    const { rows, faults } = sheet(
      ['2020年农村低保对象名册'],
      HEADER,
      [
        '1',
        ' 张三 ',
        '男',
        FIRST,
        '1950年1月1日',
        '北山镇',
        '上村',
        '138 0000 0001',
        '是',
        '6217 0031 1000 0000 008',
        '农商行',
      ],
      ['', '', '', '', '', '', '', '', '', '', ''],
      ['2', '李四', '', SECOND.toLowerCase(), '', '', '下村', '', '', '', ''],
      ['', ''],
    )

    // Between two rows an empty one is told; those at the end are none.
    expect(faults).toMatchObject([{ row: 4, code: 'row_empty' }])
    expect(rows).toEqual([
      {
        row: 3,
        fullName: '张三',
        idNumber: FIRST,
        sex: 'male',
        bornOn: '1950-01-01',
        village: '上村',
        town: '北山镇',
        phone: '13800000001',
        registeredPoor: true,
        account: { number: '6217003110000000008', holderName: '张三' },
      },
      {
        row: 5,
        fullName: '李四',
        idNumber: SECOND,
        sex: 'female',
        bornOn: '1952-02-29',
        village: '下村',
        town: null,
        phone: null,
        registeredPoor: false,
        account: null,
      },
    ])
  })

  test.each([
    ['姓名', { 1: '' }, '没有填写姓名'],
    ['证件号码', { 3: '' }, '没有填写证件号码'],
    ['证件号码', { 3: '4.41882E+17' }, '证件号码被表格软件当作数字，后几位已丢失'],
    ['证件号码', { 3: '441882195001011000' }, '证件号码被表格软件当作数字，后几位已丢失'],
    ['证件号码', { 3: '441882195001011019' }, '证件号码校验位不符，可能有一位填错'],
    ['性别', { 2: '女' }, '性别与证件号码不一致'],
    ['出生日期', { 4: '1950-01-02' }, '出生日期与证件号码不一致'],
    ['出生日期', { 4: '1950-02-30' }, '出生日期不是有效日期'],
    ['村（社区）', { 6: '' }, '没有填写村（社区）'],
    ['电话', { 7: '123' }, '电话号码格式不对'],
    ['建档立卡', { 8: '也许' }, '应填“是”或“否”'],
    ['银行账号', { 9: '6.217E+18' }, '银行账号被表格软件当作数字，后几位已丢失'],
  ])('a fault in “%s” %o leaves the row out and says why; the others load', (column, changed, reason) => {
    const good = ['1', '张三', '男', FIRST, '1950-01-01', '', '上村', '', '否', '', '']
    const bad = Object.assign([...good], changed)
    const other = ['2', '李四', '女', SECOND, '', '', '上村', '', '', '', '']

    const { rows, faults } = sheet(HEADER, bad, other)

    expect(rows.map(({ fullName }) => fullName)).toEqual(['李四'])
    expect(faults).toMatchObject([{ row: 2, column, reason, remedy: expect.stringMatching(/^请|不必|确无/) }])
  })

  test('the second of two rows with one number is left out and names the first', () => {
    const row = ['1', '张三', '', FIRST, '', '', '上村', '', '', '', '']

    const { rows, faults } = sheet(HEADER, row, row)

    expect(rows.map((each) => each.row)).toEqual([2])
    expect(faults).toMatchObject([{ row: 3, column: '证件号码', reason: '与第 2 行的证件号码相同' }])
  })

  test('a sheet without header names no column', () => {
    expect(findHeader([{ row: 1, cells: ['张三', FIRST, '上村'] }], PEOPLE_FIELDS)).toBeUndefined()
  })
})

test('every fault says what to do, and no placeholder is left when it is filled in', () => {
  const params = Object.fromEntries(
    ['most', 'title', 'again', 'row', 'office', 'village', 'count', 'fault', 'remedy', 'on'].map((name) => [
      name,
      '某',
    ]),
  )
  for (const code of Object.keys(FAULTS) as (keyof typeof FAULTS)[]) {
    const { reason, remedy } = faultOf(code, { row: 2, place: 1, column: '姓名', value: '' }, params)
    expect(`${reason}${remedy}`).not.toMatch(/[{}]/)
    expect(remedy).toMatch(/^(请|不必|某|同一户|户主|一户|一人|一项)/)
  }
  expect(Object.keys(FAULTS).length).toBeGreaterThanOrEqual(25)
})

describe('placing people in villages', () => {
  const areas = [
    { code: '441882101', name: '北山镇', level: 'township', parent: '441882' },
    { code: '441882102', name: '南水镇', level: 'township', parent: '441882' },
    { code: '441882101201', name: '上村村委会', level: 'village', parent: '441882101' },
    { code: '441882102201', name: '上村村委会', level: 'village', parent: '441882102' },
    { code: '441882101001', name: '燕喜社区居委会', level: 'community', parent: '441882101' },
  ]
  test.each([
    ['上村', '南水镇', '441882102201'],
    ['上村村委会', '北山', '441882101201'],
    ['441882101201', null, '441882101201'],
    ['燕喜社区', null, '441882101001'],
    ['燕喜居委会', '北山镇人民政府', '441882101001'],
  ])('%s in %s is %s', (village, town, code) => {
    expect(placeFinder(areas)({ village, town })).toEqual({ code, town: code.slice(0, 9) })
  })

  test.each([
    ['上村', null, 'village_ambiguous', { count: 2, village: '上村' }],
    ['下村', null, 'village_unknown', { village: '下村' }],
    ['上村', '东门镇', 'village_unknown', { village: '东门镇上村' }],
  ])('%s in %s is a fault of its row', (village, town, fault, params) => {
    expect(placeFinder(areas)({ village, town })).toEqual({ fault, params })
  })

  describe('that have changed since', () => {
    const stretches = [
      ...areas.map((area) => ({ ...area, mergedInto: null, from: null, to: null })),
      {
        ...{ code: '441882102202', name: '下村村委会', from: null, to: '2020-03-01' },
        mergedInto: '441882102201',
      },
    ]
    const onDay = (village: string, town: string | null, today: string) =>
      placeFinder(areas, { stretches, today })({ village, town })

    test.each(['下村', '下村村民委员会', '441882102202'])('%s names the village in its place', (village) => {
      expect(onDay(village, null, '2020-03-01')).toEqual({
        fault: 'village_ended',
        params: {
          fault: '村（社区）441882102202（下村村委会）已于 2020-03-01 撤销，并入 441882102201（上村村委会）',
          remedy: '请改用 441882102201（上村村委会）',
        },
      })
    })

    test('a village that is still there, and one that never was, are as ever', () => {
      expect(onDay('上村', '南水镇', '2020-03-01')).toEqual({ code: '441882102201', town: '441882102' })
      expect(onDay('山村', null, '2020-03-01')).toMatchObject({ fault: 'village_unknown' })
    })
  })
})

describe('separated text', () => {
  test.each([
    [
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      '\uFEFFa\tb\nc\t',
      [
        ['a', 'b'],
        ['c', ''],
      ],
    ],
    [
      '"a,1","say ""x"""\n"two\nlines",d',
      [
        ['a,1', 'say "x"'],
        ['two\nlines', 'd'],
      ],
    ],
    ['a;b\n\n;d', [['a', 'b'], [''], ['', 'd']]],
    ['', []],
  ])('%j', (text, cells) => {
    expect(csvLines(text).map((line) => line.cells)).toEqual(cells)
  })
})
