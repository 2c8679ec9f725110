import { lazy, Suspense, useState } from 'react'
import { RELEASE_PERMISSION } from '../../server/platform/export.schema.ts'
import type { Exporting } from './ExportDialog.tsx'
import { useAsker } from './session.tsx'

const ExportDialog = lazy(() =>
  import('./ExportDialog.tsx').then(({ ExportDialog }) => ({ default: ExportDialog })),
)

/** The way out of a list; whoever may not take it out does not see it. */
export function ExportButton({ title = '导出', ...exporting }: Exporting & { title?: string }) {
  const { mayDo } = useAsker()
  const [isOpen, setOpen] = useState(false)
  if (!mayDo(RELEASE_PERMISSION)) return null
  return (
    <>
      <button
        className="btn btn-s"
        type="button"
        aria-label={`导出${exporting.contract.listTitle}`}
        onClick={() => setOpen(true)}
      >
        {title}
      </button>
      {isOpen && (
        <Suspense fallback={null}>
          <ExportDialog {...exporting} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
