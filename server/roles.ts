/** Roles as first installed; afterwards they are rows. Nobody holds two of the three administrators. */
import type { RoleSeed } from './platform/access.ts'

/** To open the file of a person in one's areas, with what they are given and what was paid. */
const FILE = ['registry.person.search', 'registry.person.read', 'benefits.award.read']

const REGISTRY = [
  ...FILE,
  'registry.person.register',
  'registry.duplicate.check',
  'registry.fact.record',
  'registry.fact.undo',
  'registry.household.create',
  'registry.household.split',
  'registry.member.add',
  'registry.member.end',
  'registry.account.record',
  'registry.organisation.register',
]

export const ROLES: readonly RoleSeed[] = [
  {
    key: 'system_admin',
    title: '系统管理员',
    permissions: ['platform.calendar.record', 'platform.keys.rotate'],
  },
  {
    key: 'security_admin',
    title: '安全管理员',
    permissions: ['platform.account.create', 'platform.role.assign'],
  },
  { key: 'audit_admin', title: '审计管理员', permissions: ['platform.audit.read', 'platform.audit.verify'] },
  {
    key: 'town_clerk',
    title: '乡镇经办',
    permissions: [
      ...REGISTRY,
      'benefits.award.open',
      'benefits.determination.propose',
      'social_assistance.agreement.record',
      'social_assistance.aid.grant',
    ],
  },
  {
    key: 'town_chief',
    title: '乡镇负责人',
    permissions: [...FILE, 'benefits.determination.check', 'social_assistance.aid.file'],
  },
  {
    key: 'section_clerk',
    title: '县级经办',
    permissions: [
      'benefits.run.read',
      ...REGISTRY,
      'registry.area.record',
      'registry.area.change',
      'registry.person.merge',
      'registry.identity.reveal',
      'benefits.policy.load',
      'benefits.award.open',
      'benefits.award.import',
      'benefits.takeover.withdraw',
      'benefits.determination.propose',
      'benefits.correction.propose',
      'benefits.run.start',
      'benefits.run.publish',
      'social_assistance.agreement.record',
      'social_assistance.aid.grant',
    ],
  },
  {
    key: 'section_checker',
    title: '县级复核',
    permissions: [
      ...FILE,
      'benefits.run.read',
      'benefits.policy.publish',
      'benefits.takeover.sign',
      'benefits.takeover.withdraw',
      'benefits.correction.propose',
      'benefits.determination.check',
      'benefits.run.check',
      'social_assistance.aid.file',
    ],
  },
  {
    key: 'section_chief',
    title: '分管领导',
    permissions: [
      ...FILE,
      'benefits.run.read',
      'benefits.run.approve',
      'benefits.run.check',
      'benefits.determination.check',
    ],
  },
  {
    key: 'funds_clerk',
    title: '资金经办',
    permissions: [
      ...FILE,
      'benefits.run.read',
      'funds.batch.create',
      'funds.batch.file',
      'funds.batch.download',
      'funds.batch.cancel',
      'funds.result.import',
      'funds.result.answer',
      'funds.receipt.add',
      'funds.hold.set',
      'funds.hold.lift',
      'funds.budget.create',
      'funds.claim.offset',
      'funds.write_off.propose',
    ],
  },
  {
    key: 'funds_chief',
    title: '资金负责人',
    permissions: [
      ...FILE,
      'benefits.run.read',
      'funds.batch.approve',
      'funds.batch.cancel',
      'funds.claim.decide',
      'funds.write_off.answer',
      'funds.budget.raise',
      'funds.hold.set',
      'funds.hold.lift',
    ],
  },
]
