import { asProgram, type Program } from '../../engines/benefits/index.ts'
import { SubsistenceContent } from './content.schema.ts'
import { DECIDING_LEVEL } from './deciding-level.rules.ts'
import {
  assessSubsistenceAllowance,
  explainSubsistenceAllowance,
  requireSubsistenceEligible,
} from './subsistence-allowance.rules.ts'
import { describeSubsistence, otherHouseholds, stepsOfSubsistence } from './subsistence-sum.rules.ts'

const program: Program<SubsistenceContent> = {
  key: 'subsistence_allowance',
  title: '最低生活保障',
  group: 'basic_assistance',
  holder: 'household',
  isOneOff: false,
  isSteady: true,
  content: SubsistenceContent,
  exclusiveKey: 'basic_living',
  covered: (content) => content.covered,
  usesBirth: true,
  formulas: { '1': assessSubsistenceAllowance },
  version: '1',
  paysFrom: 'month_after_decision',
  decidingLevel: (_, { rates, decidedOn }) =>
    rates.setting('subsistence_allowance', 'deciding_level', decidedOn) === 'township'
      ? 'township'
      : 'county',
  requireEligible: requireSubsistenceEligible,
  lawTitles: {
    standard: '低保标准',
    tier: '分档补助标准',
    supplement: '分类施保',
    rounding: '金额取整方式',
    supplement_by_age: '按年龄自动分类施保',
    deciding_level: '审核确认权限',
    'category=elderly': '老年人',
    'category=minor': '未成年人',
    'category=severe_disability': '重度残疾人',
    'category=severe_illness': '重病患者',
  },
  lawSettings: {
    rounding: { kind: 'choice', choices: { fen: '到分', up_yuan: '见角进元' }, unset: '到分' },
    deciding_level: DECIDING_LEVEL,
    supplement_by_age: { kind: 'file', unset: '不按年龄自动增发' },
  },
  explain: explainSubsistenceAllowance,
  steps: stepsOfSubsistence,
  describe: describeSubsistence,
  whatIfs: otherHouseholds,
}

export const subsistenceAllowance = asProgram(program)
