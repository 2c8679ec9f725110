/** A correction that a run asks for: its form opens filled in. */
export interface ProposedFor {
  kind?: CorrectionKind
  subject?: string
}

export type CorrectionKind = 'rate' | 'setting' | 'formula' | 'fact'

const KINDS: ReadonlySet<string> = new Set(['rate', 'setting', 'formula', 'fact'])

function isKind(text: string): text is CorrectionKind {
  return KINDS.has(text)
}

/** What stands in the address where it has the form wanted; anything else there is passed over. */
export function proposedIn(search: Record<string, unknown>): ProposedFor {
  const [kind, subject] = [String(search['kind'] ?? ''), String(search['subject'] ?? '')]
  return isKind(kind) && /^[\w.-]{1,60}$/.test(subject) ? { kind, subject } : {}
}
