import { expect, test } from 'vitest'
import { lookupOf, placeWords, wordsOf } from './search.rules.ts'

const AREAS = [
  { code: '441882101', name: '九陂镇' },
  { code: '441882101201', name: '四联村' },
  { code: '441882102203', name: '四联社区' },
  { code: '441882102204', name: '东和村' },
]

function numbers(kind: string, text: string) {
  return { numbers: [{ kind, text }], name: '', keys: [], places: [] }
}

function named(name: string, keys: string[], places: string[][] = []) {
  return { numbers: [], name, keys, places }
}

test.each([
  ['44188219500101101x', numbers('id_number', '44188219500101101X')],
  ['４４１８８２ 19500101 1013', numbers('id_number', '441882195001011013')],
  ['441882500101101', numbers('id_number', '441882195001011013')],
  ['441882509901101', numbers('id_number', '441882509901101')],
  ['123X', numbers('id_tail', '123X')],
  ['1234', numbers('id_tail', '1234')],
  ['138-0000-0001', numbers('phone', '13800000001')],
  ['0763-6612345', numbers('phone', '07636612345')],
  ['138 0000 0001', numbers('phone', '13800000001')],
  ['张', named('张', ['张'])],
  ['张三', named('张三', ['张三'])],
  ['张　三', named('张三', ['张三'])],
  ['欧阳修远', named('欧阳修远', ['欧阳', '阳修', '修远'])],
  ['ZS', named('ZS', ['zs'])],
  ['阿依·努尔', named('阿依·努尔', ['阿依', '依努', '努尔'])],
  ['John Smith', named('John Smith', ['johnsmith'])],
  ['王秀英 九陂', named('王秀英', ['王秀', '秀英'], [['441882101']])],
  [
    '九陂镇 四联 王秀英',
    named('王秀英', ['王秀', '秀英'], [['441882101'], ['441882101201', '441882102203']]),
  ],
  ['wxy 九陂', named('wxy', ['wxy'], [['441882101']])],
  ['王 秀英 3025', { ...named('王秀英', ['王秀', '秀英']), numbers: [{ kind: 'id_tail', text: '3025' }] }],
  ['3025 四联村', { ...numbers('id_tail', '3025'), places: [['441882101201']] }],
  ['东和 九陂', named('东和', ['东和'], [['441882101']])],
  ['东和', named('东和', ['东和'])],
  [' 　', named('', [])],
])('“%s” is looked up as %o', (typed, lookup) => {
  expect(lookupOf(wordsOf(typed), AREAS)).toEqual(lookup)
})

test('a place is asked for only beside something else', () => {
  expect(placeWords(wordsOf('东和'))).toEqual([])
  expect(placeWords(wordsOf('李 东和 3025'))).toEqual(['东和'])
})
