import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import { discardDraftEndpoint, listUnsentEndpoint } from '../../server/platform/draft.schema.ts'
import { Confirm } from '../ui/Act.tsx'
import { count, minute } from '../ui/format.ts'
import { Problem } from '../ui/Problem.tsx'
import { useCommand, useEndpoint } from './api.ts'
import { useAsker } from './session.tsx'
import { unsentForm } from './unsent-forms.ts'

type Unsent = z.output<typeof listUnsentEndpoint.output>['drafts'][number]

/** Forms that the reader began and did not send; nothing where there are none. */
export function UnsentDrafts() {
  const { county, mayDo } = useAsker()
  const list = useEndpoint(listUnsentEndpoint, { county }, { isEnabled: mayDo('platform.draft.keep') })
  const [dropping, setDropping] = useState<Unsent>()
  if (list.error) return <Problem error={list.error} onRetry={() => void list.refetch()} />
  const drafts = list.data?.drafts ?? []
  if (drafts.length === 0) return null
  return (
    <section className="sheet scroll-x" aria-label="没有提交的内容">
      <header>
        <h2>没有提交的内容 {count(drafts.length)} 份</h2>
        <span className="mini">只有您看得到；打开那张表，会问您要不要接着填</span>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">哪张表</th>
            <th scope="col">何时填的</th>
            <th scope="col">
              <span className="hidden">操作</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {drafts.map((draft) => (
            <Row key={draft.id} draft={draft} onDrop={() => setDropping(draft)} />
          ))}
        </tbody>
      </table>
      {dropping && <Drop draft={dropping} onClose={() => setDropping(undefined)} />}
    </section>
  )
}

function titleOf({ form }: Unsent): string {
  return unsentForm(form)?.title ?? '以前的表'
}

function Row({ draft, onDrop }: { draft: Unsent; onDrop: () => void }) {
  const title = titleOf(draft)
  const name = `：${title} ${minute(draft.savedAt)}`
  const form = unsentForm(draft.form)
  return (
    <tr>
      <td>{title}</td>
      <td className="ink2">{minute(draft.savedAt)}</td>
      <td className="r">
        <span className="hs end">
          {form && (
            <Link className="btn btn-s" {...form.place(draft.subject)}>
              接着填<span className="hidden">{name}</span>
            </Link>
          )}
          <button className="btn btn-s" type="button" onClick={onDrop}>
            放弃<span className="hidden">{name}</span>
          </button>
        </span>
      </td>
    </tr>
  )
}

function Drop({ draft, onClose }: { draft: Unsent; onClose: () => void }) {
  const { county } = useAsker()
  const discard = useCommand(discardDraftEndpoint, onClose)
  return (
    <Confirm
      title={`放弃“${titleOf(draft)}”里没有提交的内容？`}
      verb="放弃"
      onAct={() => discard.mutate({ county, id: draft.id })}
      onClose={onClose}
      isBusy={discard.isPending}
      error={discard.error}
    >
      <p>{minute(draft.savedAt)} 填的内容不再保留，找不回来。已经提交的不受影响。</p>
    </Confirm>
  )
}
