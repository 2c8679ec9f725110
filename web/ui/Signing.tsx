import { Mark } from './Icon.tsx'

/** One of those who sign: done by whom and when, or still to do. */
export function Hand({ title, note, isDone }: { title: string; note: string; isDone: boolean }) {
  return (
    <div className="sign-who">
      <span className={isDone ? 'ok' : 'dim'}>
        <Mark name={isDone ? 'tick' : 'none'} size={13} />
      </span>
      <div>
        <b>{title}</b>
        <div className="mini">{note}</div>
      </div>
    </div>
  )
}

export interface Gate {
  title: string
  isOpen: boolean
  /** A shut gate that is somebody's fault to mend, and not just not reached yet. */
  isWrong?: boolean
}

/** What must hold before the signature, each by shape and word. */
export function Gates({ gates }: { gates: readonly Gate[] }) {
  return (
    <ul className="gate">
      {gates.map(({ title, isOpen, isWrong = false }) => {
        const tone = isOpen ? 'ok' : isWrong ? 'bad' : 'dim'
        return (
          <li key={title} className={isOpen ? '' : tone}>
            <span className={tone}>
              <Mark name={isOpen ? 'tick' : isWrong ? 'bang' : 'none'} size={10} />
            </span>
            {title}
            <span className="hidden">{isOpen ? '：是' : isWrong ? '：否' : '：还没有'}</span>
          </li>
        )
      })}
    </ul>
  )
}
