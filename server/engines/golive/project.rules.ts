import type { ProjectStatus } from './project.schema.ts'

/** What somebody may do with a project as it stands. */
export interface Duties {
  compare: boolean
  explain: boolean
  tick: boolean
  sign: boolean
  unsign: boolean
  open: boolean
  giveUp: boolean
}

export const PREPARE = 'golive.project.prepare'
export const SIGN = 'golive.project.sign'
export const OPEN = 'golive.project.open'

interface Standing {
  status: ProjectStatus
  firstBy: string | null
  comparedAt: string | null
}

export function dutiesOf(
  { status, firstBy, comparedAt }: Standing,
  { id, permissions }: { id: string; permissions: ReadonlySet<string> },
): Duties {
  const prepares = permissions.has(PREPARE)
  const isUnsigned = (status === 'preparing' || status === 'parallel') && firstBy === null
  return {
    compare: prepares && isUnsigned,
    explain: prepares && isUnsigned && comparedAt !== null,
    tick: prepares && isOpen(status),
    sign: permissions.has(SIGN) && status === 'parallel' && firstBy !== id,
    unsign: permissions.has(SIGN) && isOpen(status) && firstBy !== null,
    open: permissions.has(OPEN) && status === 'signed',
    giveUp: prepares && isUnsigned,
  }
}

export function isOpen(status: ProjectStatus): boolean {
  return status === 'preparing' || status === 'parallel' || status === 'signed'
}
