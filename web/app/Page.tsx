import { useEffect, type ReactNode } from 'react'
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

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · 民本`
  }, [title])
}
