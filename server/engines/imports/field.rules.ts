/** What a list may say about a person, and the headers that offices write above it. A dictionary: a new word needs no code. */
export interface Field {
  key: string
  title: string
  isRequired?: boolean
  /** Shown masked. */
  isSecret?: boolean
  /** Headers without spaces, brackets and marks. */
  words: readonly string[]
  /** Or a header with a word of each of these groups. */
  parts?: readonly (readonly string[])[]
  /** How it is filled in, for whoever has the template. */
  note?: string
}

const NUMBER_WORDS = ['账号', '帐号', '卡号']

const NAME: Field = {
  key: 'fullName',
  title: '姓名',
  isRequired: true,
  words: [
    ...['姓名', '人员姓名', '对象姓名', '救助对象', '申请人姓名', '成员姓名', '申请人', '家庭成员姓名'],
    ...['保障对象', '保障对象姓名', '救助对象姓名', '领取人姓名', '受益人姓名'],
  ],
}

const ID_NUMBER: Field = {
  key: 'idNumber',
  title: '证件号码',
  isRequired: true,
  isSecret: true,
  words: [
    ...['身份证', '身份证号', '身份证号码', '身份证编号', '证件号', '证件号码', '证件编号', '身份号码'],
    ...['公民身份号码', '公民身份证号码', '公民身份证号', '居民身份证', '居民身份证号', '居民身份证号码'],
    ...['居民身份证件号', '居民身份证件号码', '身份证件号码', '身份证件号', '成员身份证号', '本人身份证号'],
  ],
}

export const PEOPLE_FIELDS: readonly Field[] = [
  NAME,
  ID_NUMBER,
  {
    key: 'village',
    title: '村（社区）',
    isRequired: true,
    words: [
      ...['村', '社区', '村社区', '村居', '村委', '村委会', '居委会', '村居委会', '村社', '行政村', '村名称'],
      ...['村居名称', '村社区名称', '行政村名称', '所属村', '所在村', '所属社区', '所在社区', '所属村社区'],
      ...['所在村社区', '所属村居', '所在村居', '所属村委会', '所在村委会', '所属居委会', '所在居委会'],
    ],
  },
  {
    key: 'town',
    title: '乡镇',
    words: [
      ...['乡镇', '镇', '街道', '镇街', '乡镇街', '乡镇街道', '乡镇名称', '镇街名称', '乡镇街道名称'],
      ...['所属乡镇', '所在乡镇', '所属镇', '所在镇', '所属镇街', '所在镇街', '所属乡镇街道', '所在乡镇街道'],
      ...['所属街道', '所在街道'],
    ],
  },
  { key: 'sex', title: '性别', words: ['性别'] },
  { key: 'bornOn', title: '出生日期', words: ['出生日期', '出生年月日', '生日', '出生年月'] },
  {
    key: 'phone',
    title: '电话',
    isSecret: true,
    words: [
      ...['电话', '手机', '电话号码', '手机号', '手机号码', '联系电话', '联系手机', '联系方式', '联系号码'],
      ...['本人电话', '联系电话号码', '联系手机号码', '联系手机号'],
    ],
  },
  {
    key: 'registeredPoor',
    title: '建档立卡',
    words: [
      ...['建档立卡', '是否建档立卡', '建档立卡户', '建档立卡人口', '是否建档立卡户', '建档立卡贫困户'],
      ...['是否建档立卡贫困户', '是否建档立卡人口', '建档立卡贫困人口'],
    ],
  },
  {
    key: 'account',
    title: '银行账号',
    isSecret: true,
    words: NUMBER_WORDS,
    parts: [['银行', '存折', '一卡通', '社保卡'], NUMBER_WORDS],
  },
  {
    key: 'accountName',
    title: '户名',
    words: ['户名', '账户名', '帐户名', '开户人', '开户姓名', '持卡人', '开户人姓名', '持卡人姓名'],
  },
]

export const HOUSEHOLD_FIELDS: readonly Field[] = [
  {
    key: 'household',
    title: '户编号',
    isRequired: true,
    words: [
      ...[
        '户编号',
        '户号',
        '家庭编号',
        '户口簿号',
        '户口号',
        '家庭号',
        '户序号',
        '户主编号',
        '户籍号',
        '户别号',
      ],
      ...['家庭户号', '户口本号', '门牌号'],
    ],
  },
  {
    key: 'relation',
    title: '与户主关系',
    isRequired: true,
    words: [
      ...['与户主关系', '与户主的关系', '户主关系', '关系', '家庭关系', '成员关系', '与申请人关系'],
      ...['与申请人的关系', '称谓'],
    ],
  },
  NAME,
  ID_NUMBER,
  { key: 'from', title: '加入日期', words: ['加入日期', '入户日期', '迁入日期', '登记日期', '立户日期'] },
]

const PROGRAM: Field = {
  key: 'program',
  title: '待遇项目',
  isRequired: true,
  words: ['待遇项目', '项目', '救助项目', '待遇', '保障类型', '救助类别', '救助类型', '补贴项目', '保障类别'],
}

export const ROLL_FIELDS: readonly Field[] = [
  NAME,
  ID_NUMBER,
  PROGRAM,
  {
    key: 'paidMonth',
    title: '末次发放月份',
    isRequired: true,
    words: [
      '末次发放月份',
      '最后发放月份',
      '末次发放月',
      '最后发放月',
      '发放月份',
      '发放月',
      '所属月份',
      '月份',
    ],
  },
  {
    key: 'amount',
    title: '末次发放金额（元）',
    isRequired: true,
    words: [
      ...['末次发放金额', '末次发放金额元', '月发放金额', '发放金额', '发放金额元', '月保障金', '月保障金额'],
      ...['保障金额', '月补助金额', '补助金额', '金额', '金额元', '月救助金额', '救助金额', '月补差'],
    ],
  },
  { key: 'opensMonth', title: '开账月份', words: ['开账月份', '账本起始月', '起始月份', '台账起始月'] },
]

/** What the old system paid in a month, everybody: only compared with. */
export const OLD_LIST_FIELDS: readonly Field[] = [
  NAME,
  ID_NUMBER,
  PROGRAM,
  {
    ...{ key: 'month', title: '发放月份', isRequired: true, note: '如 2019-12；一份名单可以有几个月' },
    words: ['发放月份', '发放月', '所属月份', '月份', '末次发放月份', '业务月份', '发放期'],
  },
  {
    ...{ key: 'amount', title: '实发金额（元）', isRequired: true, note: '这个月实际发的，含补发' },
    words: [
      ...['实发金额', '实发金额元', '发放金额', '发放金额元', '月发放金额', '末次发放金额', '末次发放金额元'],
      ...['金额', '金额元', '实发', '保障金额', '补助金额', '月保障金'],
    ],
  },
  {
    ...{ key: 'arrears', title: '其中补发（元）', note: '可不填；实发里补以前月份的部分' },
    words: ['其中补发', '其中补发元', '补发', '补发金额', '补发金额元'],
  },
  {
    ...{ key: 'persons', title: '享受人数', note: '可不填；填了可以认出人数不同的户' },
    words: ['享受人数', '保障人数', '人数', '补助人数', '家庭人数'],
  },
]

/** What is held back. */
export const HOLD_FIELDS: readonly Field[] = [
  NAME,
  ID_NUMBER,
  {
    ...{ key: 'program', title: '待遇项目', note: '不填的，本人的全部待遇都暂缓' },
    words: PROGRAM.words,
  },
  {
    ...{ key: 'from', title: '起始月份', isRequired: true, note: '如 2020-01；从这个月起先不付' },
    words: ['起始月份', '暂缓月份', '起始月', '停发月份', '暂缓起始月份', '月份'],
  },
  {
    ...{ key: 'cause', title: '原因', isRequired: true },
    words: ['原因', '暂缓原因', '停发原因', '事由'],
  },
  {
    ...{ key: 'evidence', title: '证据', isRequired: true, note: '依据的材料或记录' },
    words: ['证据', '依据', '材料', '依据材料'],
  },
  {
    ...{ key: 'review', title: '复查日期', isRequired: true, note: '到这一天再核实' },
    words: ['复查日期', '复核日期', '复查日', '核实日期'],
  },
]

/** Of a decision: whose, about what, from when and why; the domain adds what it is about. */
export const DECISION_FIELDS: readonly Field[] = [
  { ...NAME, note: '按户的待遇写这一户的任一成员；新增的，写的人是领款人' },
  ID_NUMBER,
  PROGRAM,
  {
    ...{ key: 'act', title: '办理类别', isRequired: true, note: '新增、变更 或 终止' },
    words: ['办理类别', '办理类型', '类别', '变动类型', '变动情况', '审批类型', '认定类别', '复核结果'],
  },
  {
    ...{ key: 'from', title: '起始月份', isRequired: true, note: '如 2020-06；终止的，写不再发放的第一个月' },
    words: [
      '起始月份',
      '执行月份',
      '生效月份',
      '起始月',
      '执行月',
      '起始年月',
      '执行时间',
      '变动月份',
      '月份',
    ],
  },
  {
    ...{ key: 'cause', title: '原因', isRequired: true, note: '发生了什么变化' },
    words: ['原因', '认定原因', '变更原因', '变动原因', '终止原因', '审批意见', '事由'],
  },
  {
    ...{ key: 'clause', title: '依据', isRequired: true, note: '文件名称、文号或条款' },
    words: ['依据', '文号', '依据文号', '文件号', '文件文号', '批准文号', '审批文号', '依据条款'],
  },
  {
    ...{ key: 'amount', title: '核对金额（元）', note: '可不填；填了就与系统按标准算出的每月金额核对' },
    words: [
      ...['核对金额', '核对金额元', '月金额', '月保障金', '月保障金额', '保障金额', '月补助金额', '补助金额'],
      ...['金额', '金额元', '月救助金额', '核定金额', '补差金额', '月发放金额'],
    ],
  },
]

/** Column of the sheet, from 0, by key of the field. */
export type Columns = Readonly<Record<string, number>>

/** Which column is what, by its header; the first that fits wins. */
export function guessColumns(headers: readonly string[], fields: readonly Field[]): Columns {
  const columns = new Map<string, number>()
  for (const [index, header] of headers.entries()) {
    const text = bareHeader(header)
    const field = fields.find((each) => !columns.has(each.key) && fits(each, text))
    if (field) columns.set(field.key, index)
  }
  return Object.fromEntries(columns)
}

function bareHeader(header: string): string {
  return header
    .normalize('NFKC')
    .replace(/[\s()\[\]*、/:：]/g, '')
    .replace(/必填$/, '')
}

function fits({ words, parts }: Field, text: string): boolean {
  if (words.includes(text)) return true
  return parts !== undefined && parts.every((group) => group.some((word) => text.includes(word)))
}

/** Required fields that no column is named for. */
export function missingFields(columns: Columns, fields: readonly Field[]): Field[] {
  return fields.filter(({ key, isRequired }) => isRequired === true && columns[key] === undefined)
}
