import { useEffect, type ReactNode } from 'react'
import { Loading } from '../ui/Blank.tsx'
import { Problem, type ProblemShown } from '../ui/Problem.tsx'
import { PrintButton } from './printing.tsx'

interface PageProps {
  /** Also the title of the window: never a person's name. */
  title: string
  /** What stands above the heading: where one is. */
  crumb?: ReactNode
  /** Beside the heading: its state, then what may be done. */
  aside?: ReactNode
  actions?: ReactNode
  /** Figures that stay in sight while the body scrolls. */
  below?: ReactNode
  children: ReactNode
}

/** Heading and body of a screen. */
export function Page({ title, crumb, aside, actions, below, children }: PageProps) {
  useTitle(title)
  return (
    <>
      <div className="page-head">
        <div className="grow">
          {crumb && <div className="crumb">{crumb}</div>}
          <div className="hs">
            <h1>{title}</h1>
            {aside}
          </div>
        </div>
        {actions}
        <PrintButton />
      </div>
      {below}
      <div className="page-body">{children}</div>
    </>
  )
}

interface PageWithoutProps extends Pick<PageProps, 'title' | 'crumb'> {
  reading: { error: ProblemShown | null; refetch: () => unknown }
}

/** A page whose content is still being read, or not to be had: where one is and the way back stay in sight. */
export function PageWithout({ title, crumb, reading: { error, refetch } }: PageWithoutProps) {
  return (
    <Page title={title} crumb={crumb}>
      {error ? <Problem error={error} onRetry={() => void refetch()} /> : <Loading rows={12} />}
    </Page>
  )
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · 民本`
  }, [title])
}
