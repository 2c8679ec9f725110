import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, lazy, Suspense, use, useState, type ReactNode } from 'react'
import type { z } from 'zod'
import { getMeEndpoint, type Me } from '../../server/platform/session.schema.ts'
import { callEndpoint, keyOf, type Refusal } from './api.ts'
import { SignInPage } from './SignInPage.tsx'
import { Problem } from '../ui/Problem.tsx'

export interface Asker extends Me {
  /** The county worked in: six digits. */
  county: string
  mayDo: (permission: string) => boolean
}

const Signed = createContext<Asker | undefined>(undefined)

/** Whoever is signed in; only inside `SignedIn`. */
export function useAsker(): Asker {
  const asker = use(Signed)
  if (!asker) throw new Error('useAsker outside of SignedIn')
  return asker
}

const ME = keyOf(getMeEndpoint)
type Answer = z.output<typeof getMeEndpoint.output>

/** Shows the pages to whoever is signed in, and the way in to everybody else. */
export function SignedIn({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const me = useQuery<Answer, Refusal>({
    queryKey: ME,
    queryFn: () => callEndpoint(getMeEndpoint, {}),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (me.isPending) return null
  const isOver = me.error?.status === 401
  if (me.error && !isOver) return <Problem error={me.error} onRetry={() => void me.refetch()} />
  const known: Answer = isOver || !me.data ? { next: 'password' } : me.data
  if ('next' in known) {
    const enter = (signedIn: Me) => client.setQueryData(ME, signedIn)
    return <SignInPage onSignedIn={enter} isHalfWay={known.next === 'code'} />
  }
  const asker: Asker = {
    ...known,
    county: (known.scope[0] ?? '').slice(0, 6),
    mayDo: (permission) => known.permissions.includes(permission),
  }
  return (
    <Signed value={asker}>
      <SecondFactorFirst key={asker.login} asker={asker}>
        {children}
      </SecondFactorFirst>
    </Signed>
  )
}

const SecondFactorPage = lazy(() =>
  import('./SecondFactorPage.tsx').then(({ SecondFactorPage: page }) => ({ default: page })),
)

/** Whoever must have a second factor sets it up before anything else, and goes on when the recovery codes are put away. */
function SecondFactorFirst({ asker, children }: { asker: Asker; children: ReactNode }) {
  const isNeeded = asker.needsSecondFactor
  const [isShut, setShut] = useState(isNeeded)
  if (isNeeded && !isShut) setShut(true)
  if (!isShut) return children
  return (
    <Suspense fallback={null}>
      <SecondFactorPage asker={asker} onDone={() => setShut(false)} />
    </Suspense>
  )
}
