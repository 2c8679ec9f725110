import { asProgram, type Program } from '../../engines/benefits/index.ts'
import { CareContent, SupportContent } from './content.schema.ts'
import { DECIDING_LEVEL } from './deciding-level.rules.ts'
import {
  assessExtremePovertyCare,
  assessExtremePovertySupport,
  describeCare,
  describeSupport,
  explainExtremePovertyCare,
  explainExtremePovertySupport,
  otherAbilities,
  stepsOfCare,
  stepsOfSupport,
} from './extreme-poverty.rules.ts'

const support: Program<SupportContent> = {
  key: 'extreme_poverty_support',
  title: '特困人员救助供养',
  group: 'basic_assistance',
  holder: 'person',
  isOneOff: false,
  isSteady: true,
  content: SupportContent,
  // The same key as 低保: nobody is covered by both in one month.
  exclusiveKey: 'basic_living',
  covered: (content) => [content.personId],
  usesBirth: false,
  formulas: { '1': assessExtremePovertySupport },
  version: '1',
  paysFrom: 'month_after_decision',
  decidingLevel: (_, { rates, decidedOn }) =>
    rates.setting('extreme_poverty_support', 'deciding_level', decidedOn) === 'township'
      ? 'township'
      : 'county',
  requireEligible: () => {},
  lawTitles: { base: '基本生活标准', deciding_level: '审核确认权限' },
  lawSettings: { deciding_level: DECIDING_LEVEL },
  explain: explainExtremePovertySupport,
  steps: stepsOfSupport,
  describe: describeSupport,
}

const care: Program<CareContent> = {
  key: 'extreme_poverty_care',
  title: '特困照料护理补贴',
  group: 'basic_assistance',
  holder: 'person',
  isOneOff: false,
  isSteady: true,
  content: CareContent,
  exclusiveKey: 'extreme_poverty_care',
  covered: (content) => [content.personId],
  usesBirth: false,
  formulas: { '1': assessExtremePovertyCare },
  version: '1',
  paysFrom: 'month_after_decision',
  decidingLevel: (_, { rates, decidedOn }) =>
    rates.setting('extreme_poverty_care', 'deciding_level', decidedOn) === 'township' ? 'township' : 'county',
  requireEligible: () => {},
  lawTitles: { care: '照料护理标准', deciding_level: '审核确认权限' },
  lawSettings: { deciding_level: DECIDING_LEVEL },
  explain: explainExtremePovertyCare,
  steps: stepsOfCare,
  describe: describeCare,
  whatIfs: otherAbilities,
}

export const extremePovertySupport = asProgram(support)
export const extremePovertyCare = asProgram(care)
