import { asProgram, type Program } from '../../engines/benefits/index.ts'
import { TemporaryContent } from './content.schema.ts'
import {
  assessTemporaryAssistance,
  describeTemporaryAssistance,
  explainTemporaryAssistance,
  stepsOfTemporaryAssistance,
  temporaryLevel,
} from './temporary-assistance.rules.ts'

const program: Program<TemporaryContent> = {
  key: 'temporary_assistance',
  title: '临时救助',
  group: 'temporary_assistance',
  holder: 'either',
  isOneOff: true,
  isSteady: false,
  content: TemporaryContent,
  exclusiveKey: 'temporary_assistance',
  // One-off aid excludes nothing and is excluded by nothing; who it is for stands in the content.
  covered: () => [],
  usesBirth: false,
  formulas: { '1': assessTemporaryAssistance },
  version: '1',
  paysFrom: 'month_of_decision',
  decidingLevel: temporaryLevel,
  requireEligible: () => {},
  lawTitles: { township_limit_yuan: '乡镇审批限额（元）' },
  lawSettings: { township_limit_yuan: { kind: 'yuan', unset: '没有限额，乡镇不能审批' } },
  explain: explainTemporaryAssistance,
  steps: stepsOfTemporaryAssistance,
  describe: describeTemporaryAssistance,
}

export const temporaryAssistance = asProgram(program)
