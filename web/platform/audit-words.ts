import type { Outcome } from '../../server/platform/audit-view.schema.ts'
import type { Tone } from '../ui/Chip.tsx'

export const OUTCOMES: Readonly<Record<Outcome, { tone: Tone; word: string }>> = {
  done: { tone: 'ok', word: '已办理' },
  refused: { tone: 'warn', word: '被拒绝' },
  failed: { tone: 'bad', word: '没有办成' },
  started: { tone: 'go', word: '已开始' },
  finished: { tone: 'ok', word: '已结束' },
}

/** What an audit row is about: the names of its ids and counts. */
const WORDS: Readonly<Record<string, string>> = {
  account: '账号',
  accounts: '账号',
  added: '增加的权限',
  address: '地址',
  agreements: '协议',
  aids: '临时救助',
  aliasId: '合并',
  aliasOf: '并入',
  alreadyImported: '以前导入过',
  awardId: '待遇',
  awards: '待遇',
  batches: '批次',
  batchNo: '批次',
  broken: '断开',
  budgetId: '预算',
  budgets: '预算',
  by: '方式',
  bytes: '字节',
  change: '变化',
  claimId: '应追回款',
  claims: '应追回款',
  correctionId: '更正',
  day: '日期',
  determinationId: '认定',
  determinations: '认定',
  digest: '文件摘要',
  drafts: '待发布标准',
  end: '末尾',
  event: '事项',
  factId: '事实',
  facts: '事实',
  figures: '数字',
  filed: '备案',
  files: '文件',
  first: '第一条',
  format: '格式',
  found: '找到',
  from: '自',
  holdId: '暂缓',
  holds: '暂缓',
  householdId: '家庭',
  householdIds: '家庭',
  households: '家庭',
  id: '编号',
  ids: '编号',
  indicator: '指标',
  instructionId: '支付指令',
  instructions: '支付指令',
  items: '条目',
  kind: '类别',
  late: '重复到账',
  lines: '笔数',
  list: '名单',
  month: '月份',
  newHouseholdId: '新家庭',
  number: '序号',
  offsetId: '抵扣',
  on: '日期',
  organisations: '单位',
  outcome: '结果',
  page: '页面',
  paid: '到账',
  part: '第几份',
  people: '人员',
  period: '时间',
  person: '人员',
  personId: '人员',
  personIds: '人员',
  policyId: '标准',
  program: '项目',
  purpose: '用途',
  questions: '疑问',
  receiptId: '退款',
  recorded: '登记',
  release: '导出或打印编号',
  removed: '去掉的权限',
  replaced: '替换',
  returned: '退回',
  role: '岗位',
  roles: '岗位',
  rows: '条数',
  runNo: '核算',
  runs: '核算',
  seals: '封印',
  session: '登录',
  sessions: '登录',
  size: '份数',
  settings: '设置',
  standards: '标准',
  status: '状态',
  taken: '用到',
  takeoverId: '旧系统清单',
  to: '至',
  town: '乡镇',
  unchanged: '没有变',
  undoneId: '撤销',
  unknown: '待查',
  writeOffId: '核销',
  year: '年份',
  years: '年份',
}

/** Values that are words of the program. */
const VALUES: Readonly<Record<string, string>> = {
  account: '收款账号',
  answer_enquiry: '答复来电来访',
  arrears: '补发',
  audit: '操作记录',
  check_work: '核对业务',
  claims: '应追回款',
  correction: '更正',
  cut_off: '末尾被截去',
  determinations: '认定名单',
  differs: '与封存日志不一致',
  effective: '已核销',
  ended: '停发',
  'figure-people': '统计名单',
  figures: '统计数字',
  fill_document: '填写文书',
  fix_payment: '处理发放问题',
  for_archive: '归档',
  for_audit: '配合审计检查',
  holds: '暂缓发放',
  holiday: '放假',
  id_number: '证件号码',
  id_tail: '证号或电话后四位',
  instructions: '支付指令',
  intact: '完好',
  log_short: '封存日志缺末尾',
  lowered: '降低',
  makeup_workday: '补班',
  name: '姓名',
  new: '新增',
  nothing_sealed: '还没有封印',
  paid: '已到账',
  people: '人员名单',
  phone: '电话',
  plain: '平常的日子',
  raised: '提高',
  refused: '不同意',
  report_up: '报送上级或财政',
  returned: '已退回',
  'run-changes': '核算与上月比较',
  'run-lines': '核算明细',
  'run-sample': '复核抽样',
  standards: '标准及其变化',
  verify_identity: '核对身份',
}

export interface SubjectPart {
  title: string
  text: string
  /** The value in full, where `text` is shortened. */
  whole: string
}

export function subjectParts(subject: Readonly<Record<string, unknown>>): SubjectPart[] {
  return Object.entries(subject)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ({ title: WORDS[key] ?? key, ...valueText(value) }))
}

const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/

function valueText(value: unknown): { text: string; whole: string } {
  if (typeof value === 'boolean') return { text: value ? '是' : '否', whole: '' }
  if (Array.isArray(value)) {
    const [first] = value as unknown[]
    if (value.length === 1) return valueText(first)
    return { text: `${value.length} 个`, whole: value.join('\n') }
  }
  const whole = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return { text: ID.test(whole) ? `…${whole.slice(-8)}` : (VALUES[whole] ?? whole), whole }
}
