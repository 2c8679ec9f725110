import { faultTitle } from '../imports/index.ts'

/** stop = nobody signs while it is there; look = a person has to look, and may leave it. */
export type Level = 'stop' | 'look'

interface FileCheck {
  key: string
  title: string
  remedy: string
  level: Level
  /** Of rows of the lists that were uploaded and not loaded. */
  codes: readonly string[]
}

interface RegisterCheck {
  key: string
  title: string
  remedy: string
  level: Level
  /** What a row says beside whom it is about. */
  say: (detail: string) => string
}

const look = { level: 'look' as const }
const stop = { level: 'stop' as const }
const FIX = '打开这一批，下载需改正的行，改好后重新上传'

/**
 * The dirt of old systems, each kind once: what it is called, what to do, and where it is found. Rows of files by the codes of their
 * faults, what is on file by the query of the same key (quality.db.ts).
 */
export const FILE_CHECKS: readonly FileCheck[] = [
  {
    ...look,
    key: 'id_check_digit',
    title: '证件号码校验位不符',
    remedy: FIX,
    codes: ['id_number_check_digit'],
  },
  {
    ...{ ...look, key: 'id_form', title: '证件号码缺、位数或写法不对', remedy: FIX },
    codes: ['id_missing', 'id_number_length', 'id_number_format', 'id_number_region', 'number_lost'],
  },
  {
    ...{ ...look, key: 'id_birth_date', title: '证件号码里的出生日期不存在或在将来', remedy: FIX },
    codes: ['id_number_birth_date', 'born_in_future', 'born_on_form'],
  },
  {
    ...{ ...look, key: 'id_differs', title: '性别或出生日期与证件号码不一致', remedy: FIX },
    codes: ['sex_differs', 'sex_word', 'born_on_differs'],
  },
  {
    ...{
      ...look,
      key: 'person_twice',
      title: '同一人在一份名册里两行',
      codes: ['id_repeated', 'member_repeated'],
    },
    remedy: '核对两行是否同一人，留一行',
  },
  {
    ...{ ...look, key: 'name_differs', title: '同一证件号码，姓名不同', codes: ['name_differs', 'id_taken'] },
    remedy: '核对证件：号码填错的改号码，姓名有变的在一人一档里办',
  },
  {
    ...{ ...look, key: 'name_form', title: '姓名缺，或有数字、符号', remedy: FIX },
    codes: ['name_missing', 'name_characters', 'name_too_long'],
  },
  { ...look, key: 'area_missing', title: '没有填写村（社区）', remedy: FIX, codes: ['village_missing'] },
  {
    ...{ ...look, key: 'area_unknown', title: '村（社区）查不到、同名或已撤并', remedy: FIX },
    codes: ['village_unknown', 'village_ambiguous', 'village_ended', 'village_outside'],
  },
  {
    ...{ ...look, key: 'account_check', title: '银行账号校验不符或写法不对', remedy: FIX },
    codes: ['account_check', 'account_form'],
  },
  { ...look, key: 'phone_form', title: '电话写法不对', remedy: FIX, codes: ['phone_form'] },
  {
    ...{ ...look, key: 'household_head', title: '户里没有户主、有两个，或关系、户编号没填', remedy: FIX },
    codes: ['head_missing', 'head_repeated', 'relation_missing', 'household_missing', 'household_too_large'],
  },
  {
    ...{ ...look, key: 'member_elsewhere', title: '一个人在两户里', codes: ['member_elsewhere'] },
    remedy: '先在原户办理退出，或从这一户去掉',
  },
  {
    ...{
      ...look,
      key: 'dead_in_list',
      title: '名册里有已登记死亡的人',
      codes: ['person_dead', 'member_dead'],
    },
    remedy: '从名册去掉；死亡登记有误的先更正',
  },
  {
    ...{ ...look, key: 'not_on_file', title: '名单里的人没有建档，或没有家庭' },
    codes: ['person_unknown', 'person_outside', 'household_unknown'],
    remedy: '先导入人员和家庭，再重新检查这份名单',
  },
  {
    ...{ ...look, key: 'amount_form', title: '金额缺、是负数、不是数字或过大', remedy: FIX },
    codes: [
      'amount_missing',
      'amount_form',
      'amount_negative',
      'amount_decimals',
      'amount_too_large',
      'arrears_too_large',
    ],
  },
  {
    ...{ ...look, key: 'month_form', title: '月份或日期缺、不存在、在将来', remedy: FIX },
    codes: [
      ...[
        'month_missing',
        'month_form',
        'month_in_future',
        'opens_gap',
        'joined_on_form',
        'joined_in_future',
      ],
      ...['from_missing', 'from_too_far', 'month_before_opens', 'month_too_early'],
    ],
  },
  {
    ...{ ...look, key: 'paid_too_early', title: '末次发放早于开账月的前一个月', codes: ['paid_too_early'] },
    remedy: '旧系统停发的改为前一个月、金额填 0；以前欠发的上线后用追溯认定更正',
  },
  {
    ...{ ...look, key: 'program_word', title: '待遇项目认不出，或不是按月发的', remedy: FIX },
    codes: ['program_missing', 'program_unknown', 'program_one_off', 'program_by_hand'],
  },
  {
    ...{ ...look, key: 'benefit_twice', title: '同一项待遇两行，或已经载入过' },
    codes: ['roll_repeated', 'award_taken', 'payment_taken', 'decision_repeated', 'award_in_force'],
    remedy: '核对后留一行；金额不同的先查清哪个对',
  },
  {
    ...{ ...look, key: 'content_missing', title: '认定的档次、类别、自理能力等缺或认不出' },
    codes: [
      'value_missing',
      'value_word',
      'value_twice',
      'value_not_of',
      'value_differs',
      'clause_missing',
      'cause_missing',
    ],
    remedy: FIX,
  },
  {
    ...{
      ...look,
      key: 'forbidden_together',
      title: '已享受不能同时享受的待遇',
      codes: ['covered_elsewhere'],
    },
    remedy: '先终止其中一项，再重新检查',
  },
  {
    ...{
      ...look,
      key: 'amount_differs',
      title: '认定的金额与按标准算的不同',
      codes: ['amount_differs', 'rate_missing'],
    },
    remedy: '核对收入、人数、档次；旧系统算错的，以按标准算的为准并留下说明',
  },
  {
    ...{ ...look, key: 'row_broken', title: '空行、出错的公式、合并的格、过长的内容', remedy: FIX },
    codes: ['row_empty', 'cell_formula', 'cell_merged', 'cell_too_long'],
  },
]

function plain(text: string): () => string {
  return () => text
}

export const REGISTER_CHECKS: readonly RegisterCheck[] = [
  {
    ...{ ...stop, key: 'old_list_missing', title: '旧名单里有没有载入的行' },
    remedy: '打开“旧系统当月实发”那一批，把需改正的行改好再上传；对照要有全部的行',
    say: (count) => `${count} 行没有载入`,
  },
  {
    ...{ ...stop, key: 'opens_early', title: '待遇的起始月早于开账月' },
    remedy: '上线前建立的，请在待遇页终止后按开账月重新建立',
    say: (month) => `从 ${month} 起`,
  },
  {
    ...{ ...stop, key: 'award_twice', title: '同一户（人）同一项目有两笔在享待遇' },
    remedy: '核对哪一笔是对的，另一笔在待遇页终止',
    say: (count) => `${count} 笔`,
  },
  {
    ...{ ...stop, key: 'no_determination', title: '有待遇，没有认定' },
    remedy: '导入或提出认定（类别、起始月份、金额依据），另一人复核后重新试算',
    say: plain('没有生效的认定'),
  },
  {
    ...{ ...look, key: 'dead_on_file', title: '已登记死亡，仍在享' },
    remedy: '逐人核实，提出终止；死亡登记有误的先更正',
    say: (day) => `${day} 死亡`,
  },
  {
    ...{ ...look, key: 'overlapping', title: '一人享受法规不许同时享受的两项' },
    remedy: '按依据留一项，另一项提出终止',
    say: (detail) => detail,
  },
  {
    ...{ ...look, key: 'account_missing', title: '收款人没有收款账户' },
    remedy: '在一人一档里登记账户；没有账户的款项发不出去',
    say: plain('试算有款，收款人没有账户'),
  },
  {
    ...{ ...look, key: 'account_shared', title: '一个账户登记给几个人' },
    remedy: '核对是代领还是填错；填错的在一人一档里更正',
    say: (count) => `${count} 人同一账户`,
  },
  {
    ...{ ...look, key: 'account_name', title: '户名不是本人' },
    remedy: '核对是否监护人代领；不是的更正账户',
    say: plain('户名与姓名不同'),
  },
  {
    ...{ ...look, key: 'same_person', title: '同名同生日的两份档案' },
    remedy: '核对是否同一人；是的合并档案',
    say: (day) => `都是 ${day} 出生`,
  },
  {
    ...{ ...look, key: 'place_missing', title: '待遇没有镇、村' },
    remedy: '在一人一档里登记住址；没有镇、村的，乡镇看不到',
    say: plain('没有镇、村'),
  },
  {
    ...{ ...look, key: 'age_impossible', title: '年龄超过 110 岁' },
    remedy: '核对证件；已经去世的登记死亡',
    say: (day) => `${day} 出生`,
  },
  {
    ...{ ...look, key: 'household_empty', title: '按户的待遇，户主不在户里' },
    remedy: '在家庭页补上成员，或换户主',
    say: plain('户主不是这一户的成员'),
  },
  {
    ...{ ...look, key: 'paid_nothing', title: '旧系统末次发放为 0' },
    remedy: '核实是停发、暂缓还是漏发；暂缓的在“暂缓发放”登记',
    say: (month) => `${month} 发 0 元`,
  },
  {
    ...{ ...look, key: 'opens_late', title: '待遇的起始月晚于开账月' },
    remedy: '核对末次发放月份：开账月由本系统发的，旧系统不应已发',
    say: (month) => `从 ${month} 起`,
  },
  {
    ...{ ...look, key: 'number_missing', title: '在享的人没有证件号码' },
    remedy: '补办证件后在一人一档里登记',
    say: plain('没有证件号码'),
  },
]

export interface CheckHead {
  key: string
  title: string
  remedy: string
  level: Level
}

export const CHECKS: readonly CheckHead[] = [...REGISTER_CHECKS, ...FILE_CHECKS].map(
  ({ key, title, remedy, level }) => ({ key, title, remedy, level }),
)

export function codesOf(key: string): readonly string[] | undefined {
  return FILE_CHECKS.find((check) => check.key === key)?.codes
}

/** What one row of a check says. */
export function saidOf(key: string, detail: string): string {
  return REGISTER_CHECKS.find((check) => check.key === key)?.say(detail) ?? faultTitle(detail)
}
