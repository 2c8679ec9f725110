import type { Refusal } from '../../app/api.ts'

export function Refused({ error }: { error: Refusal | null }) {
  if (!error) return null
  return (
    <p className="notice notice-bad" role="alert">
      {error.message}
    </p>
  )
}
