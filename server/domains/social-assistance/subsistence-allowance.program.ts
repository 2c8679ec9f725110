import { asProgram, type Program } from '../../engines/benefits/index.ts'
import { SubsistenceContent } from './content.schema.ts'
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
  explain: explainSubsistenceAllowance,
  steps: stepsOfSubsistence,
  describe: describeSubsistence,
  whatIfs: otherHouseholds,
}

export const subsistenceAllowance = asProgram(program)
