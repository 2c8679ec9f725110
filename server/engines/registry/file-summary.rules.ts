import { addMonthsToDate, monthOf, type PlainDate } from '../../platform/dates.ts'
import { formatYuan, sumFen } from '../../platform/money.ts'
import { groupBy } from '../../platform/group.ts'
import type { AwardInFile, FileSource } from './file-money.schema.ts'
import type { FileMember, Money, Sentence } from './person-file.schema.ts'

/** 两分钟看懂: what whoever opens a file must know first, one sentence to a record. */
export interface SummaryInput {
  on: PlainDate
  personId: string
  household: { id: string; members: readonly FileMember[] } | null
  /** In force on the day; `text` as shown. */
  facts: readonly SummaryFact[]
  /** Of the others in the household. */
  mateFacts: readonly (SummaryFact & { fullName: string | null })[]
  money: Money | null
}

export interface SummaryFact {
  id: string
  kind: string
  text: string
  from: PlainDate
}

/** Facts that say something about a life, and not where it is filed. */
const TELLING = new Set(['disability_card', 'self_care', 'admission', 'registered_poor', 'income_change'])

export function summaryOf(input: SummaryInput): Sentence[] {
  const said = [
    ...deathOf(input),
    ...householdOf(input),
    ...factsOf(input),
    ...(input.money ? moneyOf(input.money, input.on) : []),
  ]
  return said
}

function says(text: string, kind: FileSource['kind'], id: string): Sentence {
  return { text, source: { kind, id } }
}

function deathOf({ facts }: SummaryInput): Sentence[] {
  return facts
    .filter(({ kind }) => kind === 'death')
    .map(({ id, from }) => says(`已于 ${from} 去世。`, 'fact', id))
}

function householdOf({ household, personId }: SummaryInput): Sentence[] {
  if (!household) return [says('没有登记所在的家庭。', 'person', personId)]
  const self = household.members.find(({ isSelf }) => isSelf)
  const others = household.members.filter(({ isSelf }) => !isSelf)
  const role = self && self.relationTitle !== '户主' ? `是本户的${self.relationTitle}` : '户主'
  if (others.length === 0) return [says('户主，一人生活。', 'household', household.id)]
  const names = others
    .slice(0, 3)
    .map(({ relationTitle, fullName }) => `${fullName ?? '外乡镇人员'}（${relationTitle}）`)
  const more = others.length > 3 ? '等' : ''
  return [
    says(
      `${role}，与${names.join('、')}${more}共同生活，全家 ${household.members.length} 人。`,
      'household',
      household.id,
    ),
  ]
}

/** Of a large household the summary stays one: what is new about more of them is counted. */
const MOST_MATES = 3

function factsOf({ facts, mateFacts, household, on }: SummaryInput): Sentence[] {
  const lately = addMonthsToDate(on, -12)
  const own = facts.filter(({ kind }) => TELLING.has(kind))
  const news = mateFacts.filter(({ kind, from }) => TELLING.has(kind) && from >= lately)
  const mates = news.slice(0, MOST_MATES)
  const rest = news.length - mates.length
  return [
    ...own.map(({ id, text, from }) => says(`${text}，自 ${from} 起。`, 'fact', id)),
    ...mates.map(({ id, text, from, fullName }) =>
      says(`家人${fullName ?? ''}自 ${from} 起：${text}。`, 'fact', id),
    ),
    ...(rest > 0 && household
      ? [says(`家人近十二个月另有 ${rest} 项情况，见各人的档案。`, 'household', household.id)]
      : []),
  ]
}

function moneyOf(money: Money, on: PlainDate): Sentence[] {
  return [
    ...money.awards.flatMap((award) => awardSentences(award, on)),
    ...oneOffs(money.awards, on),
    ...cashOf(money),
    ...money.holds.map((hold) => says(`自 ${hold.fromMonth} 起暂缓发放：${hold.cause}。`, 'hold', hold.id)),
    ...money.claims
      .filter(({ status }) => status === 'open')
      .map((claim) =>
        says(`${claim.forMonth} 多发的 ${formatYuan(claim.openFen)} 元待追回。`, 'claim', claim.id),
      ),
  ]
}

function awardSentences(award: AwardInFile, on: PlainDate): Sentence[] {
  const proposals = award.proposals.map(({ id, title }) =>
    says(`${award.programTitle}：${title}已提出，等另一人复核。`, 'determination', id),
  )
  const questions = award.questions.map(({ id, title, openedAt }) =>
    says(`${award.programTitle}：${openedAt.slice(0, 10)} 记录的${title}还没有人作出认定。`, 'review', id),
  )
  return [...stateOf(award, on), ...proposals, ...questions]
}

function stateOf(
  { id, state, programTitle, sinceMonth, endMonth, amount }: AwardInFile,
  on: PlainDate,
): Sentence[] {
  const lately = monthOf(addMonthsToDate(on, -12))
  const sum = amount ? `，${amount.month} 应发 ${formatYuan(amount.dueFen)} 元` : '，还没有核算过'
  if (state === 'active') return [says(`享受${programTitle}，自 ${sinceMonth} 起${sum}。`, 'award', id)]
  if (state === 'planned') return [says(`${programTitle}自 ${sinceMonth} 起享受。`, 'award', id)]
  if (state === 'ended' && endMonth !== null && endMonth >= lately)
    return [says(`${programTitle}自 ${endMonth} 起不再享受。`, 'award', id)]
  return []
}

/** Aid paid once: how often within the year, and how much together. */
function oneOffs(awards: readonly AwardInFile[], on: PlainDate): Sentence[] {
  const since = monthOf(addMonthsToDate(on, -12))
  const paid = awards.filter(({ state, amount }) => state === 'paid_once' && amount && amount.month > since)
  return [...groupBy(paid, ({ programTitle }) => programTitle)].flatMap(([title, group]) => {
    const [first] = group
    const fen = sumFen(group.map(({ amount }) => amount?.dueFen ?? 0))
    return first
      ? [says(`近十二个月${title} ${group.length} 次，共 ${formatYuan(fen)} 元。`, 'award', first.id)]
      : []
  })
}

function cashOf({ awards, unpaid, paidFen, months }: Money): Sentence[] {
  const [award] = awards
  const back = unpaid.map(({ id, forMonth, fen, statusTitle, reason }) =>
    says(
      `${forMonth} 的 ${formatYuan(fen)} 元${statusTitle}${reason ? `：${reason}` : ''}。`,
      'instruction',
      id,
    ),
  )
  if (!award) return back
  const times = months.filter((month) => month.paidFen > 0).length
  const text =
    times === 0 ? '近十二个月没有到账。' : `近十二个月有 ${times} 个月到账，共 ${formatYuan(paidFen)} 元。`
  return [says(text, 'award', award.id), ...back]
}
