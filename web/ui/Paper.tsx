import { useEffect, type ReactNode } from 'react'

interface PaperProps {
  title: string
  /** What stands above the table: to whom, of which month, made when. */
  facts: readonly (readonly [label: string, value: ReactNode])[]
  isWide?: boolean
  children: ReactNode
}

/** A sheet as it comes out of the printer. */
export function Paper({ title, facts, isWide = false, children }: PaperProps) {
  // How the page lies is said of the whole document: a part of it that lay otherwise would begin a new page.
  useEffect(() => {
    document.documentElement.dataset.paper = isWide ? 'wide' : 'tall'
    return () => {
      delete document.documentElement.dataset.paper
    }
  }, [isWide])
  return (
    <article className={isWide ? 'paper paper-wide' : 'paper'} aria-label={title} tabIndex={0}>
      <h2>{title}</h2>
      <p className="paper-facts">
        {facts.map(([label, value]) => (
          <span key={label}>
            {label}：{value}
          </span>
        ))}
      </p>
      {children}
    </article>
  )
}

/** Who signs, with the names that the system knows already. */
export function PaperSigns({ hands }: { hands: readonly { title: string; name: string | null }[] }) {
  return (
    <div className="paper-signs">
      {hands.map(({ title, name }) => (
        <div key={title} className="paper-sign">
          {title}
          {name === null ? '' : `（系统内：${name}）`}
          <i />
          <span>日期：　　　年　　月　　日</span>
        </div>
      ))}
    </div>
  )
}
