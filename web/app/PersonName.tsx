import { Link } from '@tanstack/react-router'
import { useAsker } from './session.tsx'

/** A name; it opens the file of whoever may look into files. */
export function PersonName({ id, fullName }: { id: string | null; fullName: string | null }) {
  const { mayDo } = useAsker()
  if (fullName === null) return <span className="dim">不在您管辖的地区</span>
  if (id === null || !mayDo('registry.person.search')) return <b>{fullName}</b>
  return (
    <Link to="/people/$personId" params={{ personId: id }}>
      <b>{fullName}</b>
    </Link>
  )
}
