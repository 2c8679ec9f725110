import { describe, expect, test } from 'vitest'
import { book, noFacts, rate } from '../../../test/rates.ts'
import {
  explainLine,
  type LineDetail,
  type ObligationLine,
  type Program,
  type RatesOf,
} from '../../engines/benefits/index.ts'
import { extremePovertyCare, extremePovertySupport } from './extreme-poverty.program.ts'
import { subsistenceAllowance } from './subsistence-allowance.program.ts'
import { temporaryAssistance } from './temporary-assistance.program.ts'

const P = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
const payee = { kind: 'person', id: P(1) }

const rows = [
  rate(
    'subsistence_allowance.standard',
    { residence: 'urban' },
    { yuan: '807.00' },
    { basis: '清民救〔2020〕3号' },
  ),
  rate(
    'subsistence_allowance.supplement',
    { category: 'elderly' },
    { percent: '10' },
    { basis: '分类施保办法' },
  ),
  rate(
    'subsistence_allowance.tier',
    { residence: 'urban', category: 'B' },
    { yuan: '400.00' },
    { basis: '分档办法' },
  ),
  rate(
    'extreme_poverty_support.base',
    {},
    { factor: '1.6', of: 'subsistence_allowance.standard', round: 'up_yuan' },
    { basis: '供养标准' },
  ),
  rate('extreme_poverty_care.care', { selfCare: 'none' }, { yuan: '846.00' }, { basis: '护理标准' }),
]
const law = book(rows)
const basisOf = (rateId: string) => rows.find(({ id }) => id === rateId)?.basis ?? ''

interface Written {
  kind?: ObligationLine['kind']
  /** Already settled for the month. */
  was?: number
  rates?: RatesOf
}

/** The sentence of the line that a run writes for this content; null = nothing is granted any more. */
function sentence(
  program: Program,
  content: unknown,
  { kind = 'regular', was = 0, rates = law }: Written = {},
): string {
  const assess = program.formulas[program.version]
  const assessed =
    content === null ? undefined : assess?.(program.content.parse(content), noFacts, rates, '2020-02')
  const dueFen = assessed?.fen ?? 0
  const detail: LineDetail = {
    ...{ formula: program.version, determination: null, payee: assessed?.payee ?? null, causes: [] },
    ...{ shares: assessed?.shares ?? [], rates: assessed?.rates ?? [], inputs: assessed?.inputs ?? {} },
  }
  const stored = JSON.parse(JSON.stringify(detail)) as LineDetail
  const line = {
    forMonth: '2020-02',
    awardId: P(9),
    seq: 1,
    program: program.key,
    kind,
    category: assessed?.category ?? '',
  }
  const written = { ...line, fen: dueFen - was, dueFen, persons: stored.shares.length, detail: stored }
  return explainLine(program, written, basisOf)
}

const household = (income: number, rest: object = {}) => ({
  ...{
    residence: 'urban',
    members: [P(1), P(2), P(3)],
    covered: [P(1), P(2), P(3)],
    unit: 'household',
    deductions: [],
  },
  ...{ income: [{ kind: 'wage', fen: income }], method: { kind: 'differential' }, supplements: [], payee },
  ...rest,
})
const supported = { residence: 'urban', support: 'home', selfCare: 'none', personId: P(1), payee }
const aid = {
  amountFen: 300_000,
  persons: [P(1), P(2)],
  kind: 'urgent',
  registeredPoor: false,
  event: 'stranded_by_epidemic',
  payee,
}

describe('subsistence allowance', () => {
  test.each<[string, unknown, Written, string]>([
    [
      'a month',
      household(120_000),
      {},
      '2020-02 低保金：（标准 807.00 − 人均收入 400.00）× 3 人，应发 1,221.00 元。依据：清民救〔2020〕3号。',
    ],
    [
      'arrears after a raise: 1 221.00 − 906.00 = 315.00',
      household(120_000),
      { kind: 'arrears', was: 90_600 },
      '【补发】2020-02 低保金：（标准 807.00 − 人均收入 400.00）× 3 人，应发 1,221.00 元，原已核 906.00 元，本次 315.00 元。依据：清民救〔2020〕3号。',
    ],
    [
      'a correction downwards: 1 221.00 − 2 421.00 = −1 200.00',
      household(120_000),
      { kind: 'correction', was: 242_100 },
      '【更正】2020-02 低保金：（标准 807.00 − 人均收入 400.00）× 3 人，应发 1,221.00 元，原已核 2,421.00 元，本次 -1,200.00 元。依据：清民救〔2020〕3号。',
    ],
    [
      'nothing any more',
      null,
      { kind: 'correction', was: 122_100 },
      '【更正】2020-02 低保金：不再享受，应发 0.00 元，原已核 1,221.00 元，本次 -1,221.00 元。',
    ],
    [
      'income not below the standard',
      household(242_100),
      { kind: 'correction', was: 122_100 },
      '【更正】2020-02 低保金：人均收入 807.00 元不低于标准 807.00 元，应发 0.00 元，原已核 1,221.00 元，本次 -1,221.00 元。依据：清民救〔2020〕3号。',
    ],
    [
      'a supplement, with its own basis: 1 221.00 + 80.70',
      household(120_000, { supplements: [{ personId: P(1), category: 'elderly' }] }),
      {},
      '2020-02 低保金：（标准 807.00 − 人均收入 400.00）× 3 人，分类施保增发 80.70 元，应发 1,301.70 元。依据：清民救〔2020〕3号；分类施保办法。',
    ],
    [
      'a tier',
      household(0, { method: { kind: 'tier', tier: 'B' } }),
      {},
      '2020-02 低保金：B 档 × 3 人，应发 1,200.00 元。依据：清民救〔2020〕3号；分档办法。',
    ],
  ])('%s', (_, content, written, expected) => {
    expect(sentence(subsistenceAllowance, content, written)).toBe(expected)
  })
})

describe('support of the destitute', () => {
  test.each<[string, Program, unknown, Written, string]>([
    [
      'base by a factor',
      extremePovertySupport,
      supported,
      {},
      '2020-02 特困供养金：城镇分散供养基本生活标准 1,292.00 元（按 807.00 元折算），应发 1,292.00 元。依据：供养标准。',
    ],
    [
      'care',
      extremePovertyCare,
      supported,
      {},
      '2020-02 特困照料护理补贴：全护理标准 846.00 元，应发 846.00 元。依据：护理标准。',
    ],
    [
      'arrears of care after a new assessment: 846.00 − 28.20 = 817.80',
      extremePovertyCare,
      supported,
      { kind: 'arrears', was: 2_820 },
      '【补发】2020-02 特困照料护理补贴：全护理标准 846.00 元，应发 846.00 元，原已核 28.20 元，本次 817.80 元。依据：护理标准。',
    ],
    [
      'after a death',
      extremePovertySupport,
      null,
      { kind: 'correction', was: 129_200 },
      '【更正】2020-02 特困供养金：不再享受，应发 0.00 元，原已核 1,292.00 元，本次 -1,292.00 元。',
    ],
  ])('%s', (_, program, content, written, expected) => {
    expect(sentence(program, content, written)).toBe(expected)
  })
})

describe('temporary aid', () => {
  test.each<[string, unknown, Written, string]>([
    ['once, for an event', aid, {}, '2020-02 临时救助：急难型（疫情滞留），2 人，一次性 3,000.00 元。'],
    [
      'a corrected amount: 3 000.00 − 2 500.00 = 500.00',
      aid,
      { kind: 'arrears', was: 250_000 },
      '【补发】2020-02 临时救助：急难型（疫情滞留），2 人，一次性 3,000.00 元，原已核 2,500.00 元，本次 500.00 元。',
    ],
    [
      'taken back',
      null,
      { kind: 'correction', was: 300_000 },
      '【更正】2020-02 临时救助：已撤销，应发 0.00 元，原已核 3,000.00 元，本次 -3,000.00 元。',
    ],
  ])('%s', (_, content, written, expected) => {
    expect(sentence(temporaryAssistance, content, written)).toBe(expected)
  })
})
