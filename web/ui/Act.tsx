import { useEffect, useId, useRef, type ReactNode } from 'react'
import { Ask } from './Ask.tsx'
import { KeptAt, KeptNotice, type KeptShown } from './KeptNotice.tsx'

interface ActProps {
  /** Begins with a verb. */
  title: string
  onPress: () => void
  hotkey?: string
  isMain?: boolean
  isSmall?: boolean
  isBusy?: boolean
  /** Why it cannot be pressed now; it stands beside the button. */
  reason?: string | null | undefined
}

/** A button that says why when it cannot be pressed. */
export function Act({ title, onPress, hotkey, isMain, isSmall, isBusy = false, reason = null }: ActProps) {
  const id = useId()
  const isShut = reason !== null
  return (
    <span className="act">
      {isShut && (
        <span id={id} className="mini">
          {reason}
        </span>
      )}
      <button
        className={`btn${isMain ? ' btn-1' : ''}${isSmall ? ' btn-s' : ''}`}
        type="button"
        aria-disabled={isShut || isBusy}
        {...(isShut ? { 'aria-describedby': id } : {})}
        onClick={() => !isShut && !isBusy && onPress()}
      >
        {isBusy ? '正在办…' : title}
        {hotkey && <kbd>{hotkey}</kbd>}
      </button>
    </span>
  )
}

interface ConfirmProps {
  title: string
  verb: string
  onAct: () => void
  onClose: () => void
  isBusy?: boolean
  /** On the button while it is being done. */
  busyWord?: string
  /** What is still missing before it can be done. */
  missing?: string | undefined
  error?: { message: string } | null
  /** Where something is typed: what is kept of it. */
  form?: KeptShown
  children: ReactNode
}

/** A form before the page, with its one act: Enter or F8 does it, Esc leaves everything as it was. */
export function Confirm({
  title,
  verb,
  onAct,
  onClose,
  isBusy,
  missing,
  error,
  form,
  children,
  ...rest
}: ConfirmProps) {
  const { busyWord = '正在提交…' } = rest
  const act = () => missing === undefined && !isBusy && onAct()
  useF8(act)
  return (
    <Ask title={title} onClose={onClose}>
      <form
        className="confirm"
        onSubmit={(event) => {
          event.preventDefault()
          act()
        }}
      >
        {form && <KeptNotice form={form} />}
        {children}
        {error && (
          <p className="notice notice-bad" role="alert">
            {error.message}
          </p>
        )}
        <div className="dialog-acts">
          <span className="mini grow" aria-live="polite">
            {missing} {form && <KeptAt form={form} />}
          </span>
          <button className="btn" type="button" onClick={onClose}>
            先不办
          </button>
          <button className="btn btn-1" type="submit" aria-disabled={missing !== undefined}>
            {isBusy ? busyWord : verb} <kbd>F8</kbd>
          </button>
        </div>
      </form>
    </Ask>
  )
}

/** While a form stands before the page, F8 is its key and not the page's. */
function useF8(act: () => unknown): void {
  const known = useRef(act)
  useEffect(() => {
    known.current = act
  })
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (event.key !== 'F8' || event.isComposing) return
      event.preventDefault()
      known.current()
    }
    window.addEventListener('keydown', press, true)
    return () => window.removeEventListener('keydown', press, true)
  }, [])
}
