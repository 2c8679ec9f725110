import type { DecisionForm, MadeContent, Said, SaidField, SaidOf } from '../../engines/imports/index.ts'
import { CareContent, SubsistenceContent, SupportContent } from './content.schema.ts'

/** What a line of a list can say of a decision on 低保 or 特困; whatever needs more than a line is entered one by one. */

const FIELDS: readonly SaidField[] = [
  {
    ...{ key: 'residence', title: '城乡', note: '城市 或 农村；照料护理不填' },
    words: ['城乡', '城乡类别', '城乡类型', '低保类别', '低保类型', '户籍类别', '城乡属性'],
    choices: { 城市: 'urban', 农村: 'rural', 城镇: 'urban', 城: 'urban', 农: 'rural', 乡村: 'rural' },
  },
  {
    ...{ key: 'incomePerHead', title: '人均月收入（元）', isMoney: true },
    note: '低保补差填核定的家庭人均月收入，已扣减刚性支出；按档补助的不填',
    words: [
      ...['人均月收入', '人均月收入元', '家庭人均月收入', '家庭人均月收入元', '月人均收入', '月人均收入元'],
      ...['家庭月人均收入', '家庭月人均收入元', '核定人均月收入', '人均收入', '家庭人均收入'],
    ],
  },
  {
    ...{ key: 'tier', title: '补助档次', note: '低保按档补助的填，如 A；与人均月收入只填一项' },
    words: ['补助档次', '档次', '保障档次', '低保档次', '救助档次', '分档', '档级'],
  },
  {
    ...{ key: 'support', title: '供养方式', note: '分散供养 或 集中供养；特困填' },
    words: ['供养方式', '供养形式', '供养类型', '供养类别', '特困供养方式'],
    choices: { 分散供养: 'home', 集中供养: 'institution', 分散: 'home', 集中: 'institution' },
  },
  {
    ...{ key: 'selfCare', title: '自理能力', note: '全自理、半自理 或 全护理；特困填' },
    words: [
      '自理能力',
      '生活自理能力',
      '自理情况',
      '护理等级',
      '护理档次',
      '护理类别',
      '失能等级',
      '照料护理等级',
    ],
    choices: {
      ...{
        全自理: 'full',
        半自理: 'partial',
        全护理: 'none',
        自理: 'full',
        完全自理: 'full',
        能自理: 'full',
      },
      ...{ 具备生活自理能力: 'full', 半护理: 'partial', 半失能: 'partial', 部分丧失生活自理能力: 'partial' },
      ...{
        部分自理: 'partial',
        不能自理: 'none',
        失能: 'none',
        全失能: 'none',
        完全丧失生活自理能力: 'none',
      },
    },
  },
  {
    ...{ key: 'institution', title: '供养机构', isOrganisation: true },
    note: '集中供养填登记的机构全称或统一社会信用代码，钱由机构领取；分散供养不填',
    words: ['供养机构', '供养机构名称', '机构名称', '所在机构', '供养服务机构', '敬老院'],
  },
]

export const decisionForm: DecisionForm = {
  fields: FIELDS,
  programs: {
    subsistence_allowance: { groups: [['residence'], ['incomePerHead', 'tier']], make: makeSubsistence },
    extreme_poverty_support: {
      groups: [['residence'], ['support'], ['selfCare']],
      optional: ['institution'],
      make: makeSupport,
    },
    extreme_poverty_care: {
      groups: [['support'], ['selfCare']],
      optional: ['institution'],
      make: makeCare,
    },
  },
  implied: {
    农村低保: { residence: 'rural' },
    城市低保: { residence: 'urban' },
    城镇低保: { residence: 'urban' },
  },
}

const BY_HAND = '请在待遇页逐笔提出变更，那里可以选成员、逐项填收入'

/** A new one covers the whole household as it is on file; a change keeps what the row does not say. */
function makeSubsistence(said: Said, { personId, members, before }: SaidOf): MadeContent {
  const now = before === undefined ? undefined : SubsistenceContent.parse(before)
  if (now && !isSameSet(now.members, members)) return { fault: '家庭成员与现在的认定不同', remedy: BY_HAND }
  if (now?.gradualExit) return { fault: '现在的认定在渐退期', remedy: BY_HAND }
  const base = now ?? {
    ...{ residence: 'rural', members, covered: members, unit: 'household' },
    ...{ income: [], deductions: [], method: { kind: 'differential' }, supplements: [] },
    payee: { kind: 'person', id: personId },
  }
  return { content: { ...base, ...saidResidence(said), ...saidMoney(said, members.length) } }
}

function saidResidence({ residence }: Said) {
  return residence === undefined ? {} : { residence }
}

/** The sum per head is what a committee found after deductions: its kinds of income are not on the list. */
function saidMoney({ tier, incomePerHead }: Said, members: number) {
  if (typeof tier === 'string') return { method: { kind: 'tier', tier: tier.replace(/[档类]$/, '') } }
  if (typeof incomePerHead !== 'number') return {}
  const income = incomePerHead === 0 ? [] : [{ kind: 'other', fen: incomePerHead * members }]
  return { method: { kind: 'differential' }, income, deductions: [] }
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id) => other.includes(id))
}

function makeSupport(said: Said, { personId, before }: SaidOf): MadeContent {
  return paidTo(said, { personId, now: before === undefined ? undefined : SupportContent.parse(before) })
}

function makeCare(said: Said, { personId, before }: SaidOf): MadeContent {
  return paidTo(said, { personId, now: before === undefined ? undefined : CareContent.parse(before) })
}

/** To the institution inside; at home to the person, or whoever it went to before. */
function paidTo(
  { institution, ...said }: Said,
  { personId, now }: { personId: string; now: CareContent | undefined },
): MadeContent {
  const isInside = (said.support ?? now?.support) === 'institution'
  const own = { kind: 'person', id: personId }
  const before = now && (now.payee.kind === 'organisation') === isInside ? now.payee : undefined
  if (!isInside && institution !== undefined)
    return { fault: '分散供养填了供养机构', remedy: '请留空供养机构，或把供养方式改为集中供养' }
  const payee = isInside
    ? institution === undefined
      ? before
      : { kind: 'organisation', id: institution }
    : (before ?? own)
  if (!payee) return { fault: '集中供养没有填供养机构', remedy: '请补填供养机构：钱由机构领取' }
  return { content: { ...now, personId, ...said, payee } }
}
