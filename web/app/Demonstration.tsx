import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { demonstrationEndpoint } from '../../server/platform/demonstration.schema.ts'
import { Progress } from '../ui/Progress.tsx'
import { useEndpoint } from './api.ts'

const EVERY_MS = 2000

/** How far the demonstration is loaded; gone when it is whole. */
function useLoading({ isEnabled }: { isEnabled: boolean }) {
  const asked = useEndpoint(
    demonstrationEndpoint,
    {},
    { isEnabled, every: (data) => (data?.loading ? EVERY_MS : false) },
  )
  return asked.data?.loading
}

/** On the sign-in page. */
export function DemonstrationNotice() {
  return <Notice loading={useLoading({ isEnabled: true })} />
}

/** Above every page of the office; what stands on the page is read again with each month that is closed meanwhile. */
export function DemonstrationBar({ isDemo }: { isDemo: boolean }) {
  const client = useQueryClient()
  const loading = useLoading({ isEnabled: isDemo })
  const there = loading === undefined ? undefined : (loading?.closedTo ?? loading?.state ?? 'whole')
  const seen = useRef(there)
  useEffect(() => {
    if (seen.current !== undefined && there !== seen.current) void client.invalidateQueries()
    seen.current = there
  }, [client, there])
  return <Notice loading={loading} />
}

function Notice({ loading }: { loading: ReturnType<typeof useLoading> }) {
  if (!loading) return null
  if (loading.state === 'failed')
    return (
      <p className="notice notice-bad demo-loading" role="alert">
        {loading.text}
      </p>
    )
  const { text, remaining, share } = loading
  return (
    <div className="notice demo-loading">
      <p>
        {/* Read out when it says something new: not every two seconds. */}
        <span role="status">{text}</span>
        {remaining && `，预计还要${remaining}`}。现在就能查看，载完才能办理。
      </p>
      <Progress label="演示数据载入" done={share} of={1} />
    </div>
  )
}
