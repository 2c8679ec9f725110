import { Link } from '@tanstack/react-router'
import { useAsker } from '../../app/session.tsx'

interface AwardLinkProps {
  awardId: string
  title: string | null
  /** The month to open it at. */
  month?: string
}

/** What is paid, by its name; it opens the award of whoever may look into awards. */
export function AwardLink({ awardId, title, month }: AwardLinkProps) {
  const { mayDo } = useAsker()
  if (title === null) return '—'
  if (!mayDo('benefits.award.read')) return title
  return (
    <Link to="/awards/$awardId" params={{ awardId }} search={month === undefined ? {} : { month }}>
      {title}
    </Link>
  )
}
