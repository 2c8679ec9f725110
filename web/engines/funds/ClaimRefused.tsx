import { useQueryClient } from '@tanstack/react-query'
import { listClaimsEndpoint } from '../../../server/engines/funds/claim-view.schema.ts'
import { keyOf, type Refusal } from '../../app/api.ts'

export function Refused({ error }: { error: Refusal | null }) {
  if (!error) return null
  return (
    <p className="notice notice-bad" role="alert">
      {error.message}
    </p>
  )
}

export function useFreshClaims(): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: keyOf(listClaimsEndpoint) })
}
