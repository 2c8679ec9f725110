import { maskIdNumber } from '../../platform/id-number.ts'

/**
 * Everything that can be wrong with a row of a list: what the clerk reads, and what can be done about it. `{…}` is filled in from the
 * row and never holds an identity number, an account or a phone. A published code is never renamed.
 */
export const FAULTS = {
  row_empty: ['这一行是空的', '请删去空行；如有内容漏填，请补填'],
  cell_formula: ['单元格是出错的公式，没有值', '请把公式改成文字或数字，再重新上传'],
  cell_merged: ['单元格与相邻的格合并了，分不清属于哪一行', '请取消合并，每行分别填写'],
  cell_too_long: ['内容超过 {most} 个字', '请删去多余的内容'],
  number_lost: ['{title}被表格软件当作数字，后几位已丢失', '请把该列设为“文本”格式后{again}'],
  name_missing: ['没有填写姓名', '请补填姓名'],
  name_too_long: ['姓名超过 50 个字', '请核对是否填错列'],
  name_characters: ['姓名中有数字或符号', '请按证件改正；少数民族姓名的间隔号写作“·”'],
  id_missing: ['没有填写证件号码', '请补填；确无证件号码的人员请在系统中逐人建档'],
  id_number_length: ['证件号码应为18位', '请核对是否漏填或多填；15位旧号码请先升位'],
  id_number_format: ['证件号码前17位应为数字，最后一位应为数字或X', '请核对证件后改正'],
  id_number_region: ['证件号码前两位不是有效的地区代码', '请核对证件'],
  id_number_birth_date: ['证件号码第7至14位不是有效的出生日期', '请核对证件'],
  id_number_check_digit: ['证件号码校验位不符，可能有一位填错', '请逐位核对证件'],
  id_repeated: ['与第 {row} 行的证件号码相同', '请核对两行是否同一人，删去其中一行'],
  id_taken: ['该证件号码已在本县建档，属{office}', '不必重复导入；如有疑问请与{office}经办人员核对'],
  name_differs: ['该证件号码在册的姓名不是这个', '请核对证件：号码填错的改号码，姓名有变的在一人一档里办'],
  sex_word: ['性别不是“男”或“女”', '请改为“男”或“女”，或留空'],
  sex_differs: ['性别与证件号码不一致', '请核对证件后改正'],
  born_on_form: ['出生日期不是有效日期', '请写作 1950-01-31，或留空'],
  born_on_differs: ['出生日期与证件号码不一致', '请核对证件后改正'],
  born_in_future: ['出生日期晚于今天', '请核对证件号码'],
  village_missing: ['没有填写村（社区）', '请填写村（社区）名称或12位代码'],
  village_unknown: ['没有找到“{village}”', '请按区划名录填写村（社区）全称，或改填12位代码'],
  village_ambiguous: ['有 {count} 个村（社区）都叫“{village}”', '请加填乡镇一列，或改填12位代码'],
  village_ended: ['{fault}', '{remedy}'],
  village_outside: ['“{village}”不在您负责的地区', '请由所在乡镇或县级导入这一行'],
  phone_form: ['电话号码格式不对', '请填写11位手机号，或带区号的固定电话，或留空'],
  yes_or_no: ['应填“是”或“否”', '请改为“是”或“否”，或留空'],
  account_form: ['银行账号应为4至40位数字或字母', '请核对存折或银行卡后改正'],
  account_check: ['银行卡号校验位不符，可能有一位填错', '请逐位核对银行卡；存折账号请按存折填写'],
  household_missing: ['没有填写户编号', '同一户的各行请填相同的编号，如门牌或户口簿号'],
  relation_missing: ['没有填写与户主关系', '户主填“户主”，其他成员填与户主的关系'],
  relation_too_long: ['与户主关系超过 30 个字', '请核对是否填错列'],
  head_missing: ['这一户没有户主', '请把户主的一行的关系写作“户主”'],
  head_repeated: ['这一户已有户主（第 {row} 行）', '一户只能有一个户主，请改正其中一行的关系'],
  household_too_large: ['这一户超过 50 人', '请核对户编号是否填错'],
  member_repeated: ['同一人已在第 {row} 行', '一人只能属于一户一行，请删去其中一行'],
  person_unknown: ['该证件号码还没有建档', '请先在“人员”名册里导入或登记此人'],
  person_outside: ['该人员属{office}，不在您负责的地区', '请由{office}或县级导入这一户'],
  person_dead: ['该人员已于 {on} 死亡', '请从名册中去掉这一行；死亡登记有误的请先更正'],
  member_elsewhere: ['该人员已是另一户的成员', '请先在原户办理退出，再导入到这一户'],
  joined_on_form: ['加入日期不是有效日期', '请写作 2020-01-31，或留空'],
  joined_in_future: ['加入日期晚于今天', '请改为实际加入的日期'],
  program_missing: ['没有填写待遇项目', '请填写，如 最低生活保障、特困人员救助供养'],
  program_unknown: ['没有“{program}”这项待遇', '请改为系统里的名称，如 最低生活保障、特困人员救助供养'],
  program_one_off: ['{program}是一次性的，没有末次发放', '请从名册中去掉这一行；一次性救助单独登记'],
  month_missing: ['没有填写末次发放月份', '请填写原系统最后一次发放所属的月份，如 2019-12'],
  month_form: ['{title}不是有效月份', '请写作 2019-12'],
  month_in_future: ['末次发放月份晚于本月', '请核对原系统的发放记录'],
  opens_gap: ['开账月份不是末次发放的次月', '请改为 {month}，或留空'],
  amount_missing: ['没有填写金额', '请填写末次发放的月金额，单位元'],
  amount_form: ['金额不是数字', '请只填数字，单位元，如 484.00'],
  amount_negative: ['金额是负数', '请填写实际的月金额'],
  amount_decimals: ['金额的小数超过两位', '请精确到分'],
  amount_too_large: ['月金额超过 10 万元', '请核对单位是不是元'],
  roll_repeated: ['与第 {row} 行是同一项待遇', '一项待遇只能有一行，请删去其中一行'],
  paid_too_early: [
    '末次发放早于 {month}，中间的月份谁也没有发',
    '请核对；旧系统停发的改为 {month}、金额填 0，以前欠发的在上线后用追溯认定更正',
  ],
  payment_taken: ['这个人这一项这个月已载入过，金额不同', '请先撤销原来那一批，或从名册中去掉这一行'],
  arrears_too_large: ['其中补发多于实发', '请核对两列是否填反'],
  hold_repeated: ['与第 {row} 行是同一人同一项', '请删去其中一行'],
  evidence_missing: ['没有填写证据', '请填写依据的材料，如 移交清单第3页'],
  review_missing: ['没有填写复查日期', '请填写哪一天再核实，如 2020-03-01'],
  review_form: ['复查日期不是有效日期', '请写作 2020-03-01'],
  persons_form: ['人数不是1到99的整数', '请只填数字，或留空'],
  household_unknown: [
    '该人员不是您负责地区任何一户的成员',
    '请先在“家庭”名册里导入或建立这一户；户在别处的，由那里或县级导入这一行',
  ],
  award_taken: ['已有这项待遇，或已在待签字的清单中', '请从名册中去掉这一行'],
  member_dead: ['这一户有成员已登记死亡', '请先在这一户办理该成员的退出，再重新检查'],
  program_by_hand: ['“{program}”的认定不在名册里导入', '请从名册中去掉这一行，到系统里单独办理'],
  act_missing: ['没有填写办理类别', '请填写 新增、变更 或 终止'],
  act_word: ['办理类别没有“{value}”', '请改为 新增、变更 或 终止'],
  act_by_hand: ['“{value}”不能在名册里办', '请从名册中去掉这一行，在待遇页逐笔提出，写明条款或截止月份'],
  from_missing: ['没有填写起始月份', '请填写从哪个月起，如 2020-06'],
  from_too_far: ['起始月份晚于一年以后', '请核对年份'],
  cause_missing: ['没有填写原因', '请写明发生了什么变化，如 年度复核收入减少'],
  clause_missing: ['没有填写依据', '请填写文件名称、文号或条款'],
  value_word: ['{title}没有“{value}”这种写法', '请改为 {choices}'],
  value_missing: ['新增{program}要填{title}', '请补填{title}'],
  value_twice: ['{title}只能填一项', '请留下定这笔钱的那一项，其余留空'],
  value_not_of: ['{program}不看{title}', '请留空，或核对待遇项目是否填错'],
  value_differs: ['{title}与待遇项目写的不一致', '请改正其中一处'],
  organisation_unknown: [
    '没有登记这个机构，或不在您负责的地区',
    '请填登记的全称或统一社会信用代码；机构在别处的由县级导入这一行',
  ],
  organisation_ambiguous: ['有几个机构都叫这个名称', '请改填统一社会信用代码'],
  change_empty: ['变更没有写改成什么', '请至少填一项：{choices}'],
  decision_repeated: ['与第 {row} 行是同一项待遇', '请删去其中一行；接着还有变化的，等前一份复核后再导入'],
  award_in_force: ['已有这项待遇', '请把办理类别改为“变更”；没有变化的请去掉这一行'],
  award_unsigned: ['这项待遇在旧系统的名单里，还没有签字', '请等名单由第二人签字后再导入'],
  award_missing: ['没有这项待遇', '请核对项目；新批的请把办理类别改为“新增”'],
  award_undecided: ['这项待遇还没有认定过', '请把办理类别改为“新增”，并把认定内容填全'],
  award_ended: ['这项待遇自 {month} 起已终止', '请从名册中去掉这一行；再次享受的请把办理类别改为“新增”'],
  month_before_opens: ['这项待遇从 {month} 起由本系统核算', '请改为 {month} 或以后'],
  month_before_decided: ['这项待遇的认定从 {month} 开始', '请改为 {month} 或以后'],
  month_too_early: [
    '自作出决定的次月起发放，最早 {month}',
    '请改为 {month} 或以后；确需更早的，生效后在待遇页提出追溯更正',
  ],
  month_settled: ['{month} 及以前已经核算', '请改为次月或以后；影响以前月份的在待遇页提出追溯更正'],
  decision_waiting: ['已有 {month} 起的认定待复核', '请等那一份复核或退回后，再导入这一行'],
  decision_same: ['与现在的认定一样，没有要变更的', '请从名册中去掉这一行'],
  content_refused: ['{fault}', '{remedy}'],
  covered_elsewhere: [
    '此人或同户成员已享受不能同时享受的待遇',
    '请先终止那一项，或者把不再共同生活的成员办理退出',
  ],
  rate_missing: ['{month} 没有这种情形的标准', '请核对{title}是否填错；没有错的，请先录入该月的标准'],
  amount_differs: ['按标准和本行内容应为每月 {due} 元', '请核对收入、人数、档次；金额填错的改金额，或留空'],
  refused: ['{fault}', '{remedy}'],
} as const satisfies Readonly<Record<string, readonly [reason: string, remedy: string]>>

export type FaultCode = keyof typeof FAULTS

/** Why a row was left out and what a clerk can do about it. */
export interface RowFault {
  row: number
  code: FaultCode
  /** Column of the sheet, from 1; 0 = the row as a whole. */
  place: number
  /** What the column is about. */
  column: string
  reason: string
  remedy: string
  /** As typed. */
  value: string
}

/** Of all rows with this fault together. */
export function faultTitle(code: string): string {
  const [reason] = FAULTS[code as FaultCode] ?? [code]
  return TITLES[code as FaultCode] ?? reason.replace(/\{\w+\}/g, '…')
}

const TITLES: Partial<Record<FaultCode, string>> = {
  number_lost: '号码被表格软件当作数字，后几位已丢失',
  cell_too_long: '内容过长',
  id_repeated: '与另一行的证件号码相同',
  id_taken: '该证件号码已在本县别处建档',
  village_unknown: '没有找到这个村（社区）',
  village_ambiguous: '几个村（社区）同名',
  village_ended: '村（社区）已撤销',
  village_outside: '村（社区）不在您负责的地区',
  head_repeated: '这一户不止一个户主',
  member_repeated: '同一人出现在两行',
  person_outside: '该人员不在您负责的地区',
  person_dead: '该人员已死亡',
  hold_repeated: '同一人同一项有两行',
  paid_too_early: '末次发放早于开账月的前一个月',
  program_by_hand: '这项待遇的认定不在名册里导入',
  act_word: '办理类别的写法不认识',
  act_by_hand: '这类认定要逐笔办理',
  value_word: '写法不认识',
  value_missing: '新增缺少必填的内容',
  value_not_of: '这项待遇不看这一列',
  award_ended: '这项待遇已终止',
  month_before_opens: '早于这项待遇在本系统的起始月份',
  month_before_decided: '早于这项待遇的认定',
  month_too_early: '早于可以发放的月份',
  month_settled: '月份已经核算',
  decision_waiting: '已有待复核的认定',
  content_refused: '内容不能这样办',
  rate_missing: '没有对应的标准',
  amount_differs: '金额与标准算出的不一致',
  refused: '没有通过',
}

export type Params = Readonly<Record<string, string | number>>

export function faultOf(
  code: FaultCode,
  at: Pick<RowFault, 'row' | 'place' | 'column' | 'value'>,
  params: Params = {},
): RowFault {
  const [reason, remedy] = FAULTS[code]
  return { ...at, code, reason: filled(reason, params), remedy: filled(remedy, params) }
}

function filled(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => hideNumbers(String(params[name] ?? '')))
}

/** Numbers of people that stand where none are expected, in a wrong column say. Twelve digits are a village's code. */
export function hideNumbers(text: string): string {
  return text.replace(/\d{11,}[\dXx]?/g, (number) => (number.length === 12 ? number : maskIdNumber(number)))
}
