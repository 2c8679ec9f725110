import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { DeskItem } from './desk-words.ts'

interface DeskLinkProps {
  kind: string
  target: DeskItem['target']
  className: string
  children: ReactNode
  /** Where the thing has no page of its own. */
  fallback: ReactNode
}

/** The page on which a thing of the desk is done; marked for walking the rows. */
export function DeskLink({ kind, target, className, children, fallback }: DeskLinkProps) {
  const { determinationId, runNo, policyId, takeoverId, correctionId } = target
  const marks = { className, 'data-row': '' }
  if (kind === 'determination_check' && determinationId)
    return (
      <Link to="/determinations/$id" params={{ id: determinationId }} {...marks}>
        {children}
      </Link>
    )
  if (runNo)
    return (
      <Link to="/runs/$runNo" params={{ runNo }} {...marks}>
        {children}
      </Link>
    )
  if (policyId)
    return (
      <Link to="/standards/new" search={{ policy: policyId }} {...marks}>
        {children}
      </Link>
    )
  if (takeoverId)
    return (
      <Link to="/takeovers/$takeoverId" params={{ takeoverId }} {...marks}>
        {children}
      </Link>
    )
  if (correctionId)
    return (
      <Link to="/corrections/$correctionId" params={{ correctionId }} {...marks}>
        {children}
      </Link>
    )
  if (kind === 'aid_file')
    return (
      <Link to="/aids" search={{ only: 'unfiled' }} {...marks}>
        {children}
      </Link>
    )
  return fallback
}

/** The list behind a group, where there is one. */
export function DeskGroupLink({ kind }: { kind: string }) {
  if (kind === 'determination_check') return <Link to="/determinations">全部</Link>
  if (kind.startsWith('run_')) return <Link to="/runs">全部</Link>
  if (kind === 'standard_publish') return <Link to="/standards">全部</Link>
  if (kind === 'takeover_sign') return <Link to="/takeovers">全部</Link>
  if (kind === 'correction_decide') return <Link to="/corrections">全部</Link>
  if (kind === 'aid_file')
    return (
      <Link to="/aids" search={{ only: 'unfiled' }}>
        全部
      </Link>
    )
  return null
}
