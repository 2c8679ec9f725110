import { useRouterState } from '@tanstack/react-router'
import { useEffect, useLayoutEffect, useSyncExternalStore } from 'react'
import { flushSync } from 'react-dom'
import { printEndpoint, RELEASE_PERMISSION } from '../../server/platform/export.schema.ts'
import { Icon } from '../ui/Icon.tsx'
import { useCommand, type Refusal } from './api.ts'
import { useKeys } from './keys.ts'
import { useAsker } from './session.tsx'

/** The line that stands on every page of the next paper: whose copy, when, under which number. */
let mark: string | undefined
const listeners = new Set<() => void>()

function setMark(next: string | undefined): void {
  mark = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

interface Printing {
  print: () => void
  isBusy: boolean
  error: Refusal | null
}

/** Puts the page on paper once it is on record; undefined = the reader's post may not. */
function usePrint(): Printing | undefined {
  const { county, mayDo } = useAsker()
  const page = useRouterState({ select: ({ location }) => location.pathname })
  const record = useCommand(printEndpoint, (issued) => {
    flushSync(() => setMark(issued.mark))
    window.print()
  })
  if (!mayDo(RELEASE_PERMISSION)) return undefined
  return {
    print: () => !record.isPending && record.mutate({ county, page }),
    isBusy: record.isPending,
    error: record.error,
  }
}

export function PrintButton() {
  const printing = usePrint()
  // A layer is not put on paper, and keeps nobody from it.
  useKeys({ 'Ctrl+P': printing?.print }, { everywhere: true })
  if (!printing) return null
  return (
    <>
      {printing.error && (
        <span className="bad" role="alert">
          {printing.error.message}
        </span>
      )}
      <button
        className="btn btn-0 print-button"
        type="button"
        title="打印这一页（Ctrl P）；打印会被记录"
        aria-disabled={printing.isBusy}
        onClick={printing.print}
      >
        <Icon name="print" />
        打印
      </button>
    </>
  )
}

/** Seen on paper only: above the first page, and at the foot of each where the browser can. Paper that went past the button says so. */
export function PrintMark() {
  const { fullName, login } = useAsker()
  const issued = useSyncExternalStore(subscribe, () => mark)
  const shown = issued ?? `未登记的打印　打印人 ${fullName}（${login}）　请改用页面上的“打印”`
  useLayoutEffect(() => {
    document.documentElement.style.setProperty('--print-mark', JSON.stringify(shown))
  }, [shown])
  useEffect(() => {
    const forget = () => setMark(undefined)
    window.addEventListener('afterprint', forget)
    return () => window.removeEventListener('afterprint', forget)
  }, [])
  return (
    <div className="print-mark" aria-hidden="true">
      {shown}
    </div>
  )
}
