/**
 * 社会救助: 最低生活保障, 特困人员救助供养 (base and care are two programmes), 临时救助.
 * Declarations for the engines; what is truly the domain's own is the arithmetic in the rules.
 */
import { moneyFigures, rollFigures } from './assistance.indicators.ts'
import { endAgreement, recordAgreements, usedInAgreements } from './care-agreement.actions.ts'
import { rewriteAssistancePlaces } from './care-agreement.db.ts'
import { decisionForm } from './decision-row.rules.ts'
import { extremePovertyCare, extremePovertySupport } from './extreme-poverty.program.ts'
import { subsistenceAllowance } from './subsistence-allowance.program.ts'
import { fileTownAid, grantTemporaryAid } from './temporary-assistance.actions.ts'
import { aidRoutes } from './temporary-assistance.routes.ts'
import { aidToFile } from './temporary-assistance-view.actions.ts'
import { temporaryAssistance } from './temporary-assistance.program.ts'

export const socialAssistance = {
  key: 'social_assistance',
  programs: [subsistenceAllowance, extremePovertySupport, extremePovertyCare, temporaryAssistance],
  figures: [rollFigures, moneyFigures],
  commands: { recordAgreements, endAgreement, grantTemporaryAid, fileTownAid },
  routes: aidRoutes,
  waiting: [aidToFile],
  rewritePlaces: rewriteAssistancePlaces,
  uses: usedInAgreements,
  decisionForm,
  /** What offices call these in their lists. */
  words: {
    ...{
      低保: 'subsistence_allowance',
      农村低保: 'subsistence_allowance',
      城市低保: 'subsistence_allowance',
    },
    ...{ 城镇低保: 'subsistence_allowance', 最低生活保障金: 'subsistence_allowance' },
    ...{
      特困: 'extreme_poverty_support',
      特困供养: 'extreme_poverty_support',
      特困人员供养: 'extreme_poverty_support',
    },
    ...{ 特困护理: 'extreme_poverty_care', 特困照料护理: 'extreme_poverty_care' },
  },
} as const

export { agreementCoverage, type AgreementCoverage } from './care-agreement.actions.ts'
export { agreementsAsKnown, liveAgreements, type AgreementRow } from './care-agreement.db.ts'
export { selfCareOf } from './extreme-poverty.rules.ts'
export { isNearSubsistence } from './subsistence-allowance.rules.ts'
export { unfiledTownAid, type TownAid } from './temporary-assistance.db.ts'
export { decidingLevelOf } from './temporary-assistance.rules.ts'
export { listRoll, type RollRow } from './figures.db.ts'
