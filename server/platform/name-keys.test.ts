import { expect, test } from 'vitest'
import { foldName, nameKeys } from './name-keys.ts'

test('a name is found by its characters, its pairs, itself and the initials of its beginnings', () => {
  expect(nameKeys('单雄信')).toStrictEqual(['单', '雄', '信', '单雄', '雄信', '单雄信', 's', 'sx', 'sxx'])
})

test.each([
  ['单雄信', 'sxx'],
  ['曾国藩', 'zgf'],
  ['仇英', 'qy'],
  ['解缙', 'xj'],
  ['查良镛', 'zly'],
  ['欧阳修', 'oyx'],
  ['长孙无忌', 'zswj'],
  ['尉迟恭', 'ycg'],
  ['吕布', 'lb'],
])('the surname of %s is read as a surname: %s', (name, initials) => {
  expect(nameKeys(name)).toContain(initials)
})

test('a name of two characters has no key twice', () => {
  expect(nameKeys('王芳')).toStrictEqual(['王', '芳', '王芳', 'w', 'wf'])
  expect(nameKeys('娜娜')).toStrictEqual(['娜', '娜娜', 'n', 'nn'])
})

test('a name of several parts is found by each part and by the parts joined', () => {
  const keys = nameKeys('阿依努尔·买买提')

  expect(keys).toEqual(
    expect.arrayContaining(['阿依努尔', '买买提', '阿依努尔买买提', '尔买', 'ayne', 'mm', 'mmt', 'aynemmt']),
  )
  expect(keys.some((key) => key.includes('·'))).toBe(false)
})

test.each([
  '阿依努尔•买买提',
  '阿依努尔・买买提',
  '阿依努尔.买买提',
  '阿依努尔．买买提',
  '阿依努尔 · 买买提',
])('%s, its dot typed otherwise, has the same keys', (name) => {
  expect(nameKeys(name)).toStrictEqual(nameKeys('阿依努尔·买买提'))
})

test('a character beyond the basic plane is one character; without a known reading it is ? in the initials', () => {
  expect(nameKeys('𠮷田')).toStrictEqual(['𠮷', '田', '𠮷田', '?t'])
  expect(nameKeys('田𠮷')).toStrictEqual(['田', '𠮷', '田𠮷', 't', 't?'])
  expect(nameKeys('𬭎')).toContain('h')
})

test('space inside a Chinese name is typesetting, full-width letters are letters', () => {
  expect(nameKeys(' 张　三 ')).toStrictEqual(nameKeys('张三'))
  expect(nameKeys('张Ａ')).toStrictEqual(['张', '张a', 'z', 'za'])
})

test('a Latin name is found by its words and their beginnings, in small letters', () => {
  expect(nameKeys('John Smith')).toEqual(
    expect.arrayContaining(['john', 'smith', 'johnsmith', 'smi', 'johns']),
  )
})

test('an empty name has no keys', () => {
  expect(nameKeys('')).toStrictEqual([])
  expect(nameKeys(' · ')).toStrictEqual([])
})

test.each([
  ['阿依努尔·买买提', '阿依努尔买买提'],
  [' SXX ', 'sxx'],
  ['张　三', '张三'],
])('the searched text %j is compared as %s, which is a key', (text, folded) => {
  expect(foldName(text)).toBe(folded)
  expect(nameKeys(text)).toContain(folded)
})
