import { expect, test } from 'vitest'
import { lookupOf } from './search.rules.ts'

test.each([
  ['44188219500101101x', { by: 'id_number', text: '44188219500101101X' }],
  ['４４１８８２ 19500101 1013', { by: 'id_number', text: '441882195001011013' }],
  ['441882500101101', { by: 'id_number', text: '441882195001011013' }],
  ['441882509901101', { by: 'nothing' }],
  ['123X', { by: 'id_tail', text: '123X' }],
  ['1234', { by: 'id_tail', text: '1234' }],
  ['138-0000-0001', { by: 'phone', text: '13800000001' }],
  ['0763-6612345', { by: 'phone', text: '07636612345' }],
  ['张', { by: 'name', keys: ['张'] }],
  ['张三', { by: 'name', keys: ['张三'] }],
  ['欧阳修远', { by: 'name', keys: ['欧阳', '阳修', '修远'] }],
  ['ZS', { by: 'name', keys: ['zs'] }],
  ['阿依·努尔', { by: 'name', keys: ['阿依', '依努', '努尔'] }],
  [' 　', { by: 'nothing' }],
])('“%s” is looked up as %o', (typed, lookup) => {
  expect(lookupOf(typed)).toEqual(lookup)
})
