/**
 * 社会救助: 最低生活保障, 特困人员救助供养 (base and care are two programmes), 临时救助.
 * Declarations for the engines; what is truly the domain's own is the arithmetic in the rules.
 */
import { endAgreement, fileTownAid, recordAgreements } from './care-agreement.actions.ts'
import { rewriteAssistancePlaces } from './care-agreement.db.ts'
import { moneyFigures, rollFigures } from './assistance.indicators.ts'
import { extremePovertyCare, extremePovertySupport } from './extreme-poverty.program.ts'
import { subsistenceAllowance } from './subsistence-allowance.program.ts'
import { temporaryAssistance } from './temporary-assistance.program.ts'

export const socialAssistance = {
  key: 'social_assistance',
  programs: [subsistenceAllowance, extremePovertySupport, extremePovertyCare, temporaryAssistance],
  figures: [rollFigures, moneyFigures],
  commands: { recordAgreements, endAgreement, fileTownAid },
  rewritePlaces: rewriteAssistancePlaces,
} as const

export { decidingLevelOf } from './temporary-assistance.rules.ts'
export { selfCareOf } from './extreme-poverty.rules.ts'
