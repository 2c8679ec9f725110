import { formatYuan } from '../../platform/money.ts'
import { FACT_KINDS } from './fact.schema.ts'
import type { FileTag } from './person-file.schema.ts'

/** Plain Chinese for what the registry stores. */

const RELATION: Readonly<Record<string, string>> = {
  ...{ head: '户主', spouse: '配偶', child: '子女', parent: '父母', sibling: '兄弟姐妹' },
  ...{ grandchild: '孙子女', grandparent: '祖父母', relative: '其他亲属', other: '其他' },
}

/** Words of forms that mean one of these. */
const COMMON: readonly (readonly [string, string])[] = [
  ['本人', 'head'],
  ...['妻', '妻子', '夫', '丈夫'].map((word) => [word, 'spouse'] as const),
  ...['子', '女', '儿子', '女儿', '长子', '次子', '三子', '长女', '次女', '三女', '独生子', '独生女'].map(
    (word) => [word, 'child'] as const,
  ),
  ...['父', '母', '父亲', '母亲'].map((word) => [word, 'parent'] as const),
  ...['兄', '弟', '姐', '妹', '哥哥', '弟弟', '姐姐', '妹妹'].map((word) => [word, 'sibling'] as const),
  ...['孙子', '孙女', '孙', '外孙子', '外孙女', '外孙'].map((word) => [word, 'grandchild'] as const),
  ...['祖父', '祖母', '爷爷', '奶奶', '外祖父', '外祖母'].map((word) => [word, 'grandparent'] as const),
]

/** Local forms write their own words. */
export function relationTitle(relation: string): string {
  return RELATION[relation] ?? relation
}

const STORED = new Map([...Object.entries(RELATION).map(([key, title]) => [title, key] as const), ...COMMON])

/** What a form says, as the registry stores it. */
export function relationKey(text: string): string {
  return STORED.get(text) ?? text
}

const DISABILITY = ['', '视力', '听力', '言语', '肢体', '智力', '精神', '多重']
const GRADE = ['', '一级', '二级', '三级', '四级']
const SELF_CARE: Readonly<Record<string, string>> = {
  ...{ full: '生活能自理', partial: '部分丧失生活自理能力', none: '完全丧失生活自理能力' },
}
const INCOME: Readonly<Record<string, string>> = {
  ...{ employment: '就业', unemployment: '失业', supporter: '赡养抚养变化', other: '其他' },
}
const ADMISSION: Readonly<Record<string, string>> = {
  ...{ care_institution: '供养机构', child_welfare_institution: '儿童福利机构', hospital: '医院' },
  ...{ prison: '监所', other: '其他机构' },
}

interface Said {
  kind: string
  value: Readonly<Record<string, unknown>>
}

export function factTitle(kind: string): string {
  return FACT_KINDS.find(({ key }) => key === kind)?.title ?? kind
}

/** What a fact says, in a few words; `nameOf` gives areas their names. */
export function factText({ kind, value }: Said, nameOf: (code: string) => string): string {
  switch (kind) {
    case 'birth':
    case 'death':
      return String(value.on)
    case 'residence':
      return `${nameOf(String(value.town))}${nameOf(String(value.village))}`
    case 'registered_poor':
      return '建档立卡贫困人口'
    case 'disability_card':
      return disabilityText(value)
    case 'self_care':
      return SELF_CARE[String(value.grade)] ?? String(value.grade)
    case 'cadre_relative':
      return `${String(value.role)}${String(value.cadre)}的${String(value.relation)}`
    case 'income_change':
      return [
        INCOME[String(value.cause)] ?? String(value.cause),
        ...(typeof value.monthlyFen === 'number' ? [`每月 ${formatYuan(value.monthlyFen)} 元`] : []),
        ...(typeof value.note === 'string' && value.note !== '' ? [value.note] : []),
      ].join('，')
    case 'admission':
      return `入住${ADMISSION[String(value.kind)] ?? '机构'}`
    default:
      return factTitle(kind)
  }
}

function disabilityText(value: Said['value']): string {
  return `${DISABILITY[Number(value.class)] ?? ''}残疾${GRADE[Number(value.grade)] ?? ''}`
}

/** What stands beside a name: only what a clerk looks for first. */
export function tagsOf(facts: readonly Said[]): FileTag[] {
  return facts.flatMap(({ kind, value }) => {
    const title = tagTitle(kind, value)
    return title === undefined ? [] : [{ key: kind, title }]
  })
}

function tagTitle(kind: string, value: Said['value']): string | undefined {
  switch (kind) {
    case 'death':
      return '已故'
    case 'registered_poor':
      return '建档立卡'
    case 'disability_card':
      return disabilityText(value)
    case 'self_care':
      return value.grade === 'full' ? undefined : SELF_CARE[String(value.grade)]
    case 'admission':
      return ADMISSION[String(value.kind)] && `在${ADMISSION[String(value.kind)]}`
    case 'cadre_relative':
      return '经办人员或村干部近亲属'
    default:
      return undefined
  }
}
