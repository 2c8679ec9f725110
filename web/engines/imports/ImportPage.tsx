import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { getImportEndpoint, type ImportShown } from '../../../server/engines/imports/batch-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { count, minute } from '../../ui/format.ts'
import { Progress } from '../../ui/Progress.tsx'
import { COUNTED, importState, isUnderWay, proposalsSaid } from './import-words.ts'
import { ImportColumns } from './ImportColumns.tsx'
import { ImportFaults } from './ImportFaults.tsx'
import { ImportRows } from './ImportRows.tsx'
import { ImportSign } from './ImportSign.tsx'

const route = getRouteApi('/imports/$importId')

/** One list: how its columns are read, how far it has come, what is wrong with it, and the next act. */
export function ImportPage() {
  const { county } = useAsker()
  const { importId } = route.useParams()
  const shown = useEndpoint(getImportEndpoint, { county, importId }, { every: pollOf })
  if (!shown.data) return <PageWithout title="名册导入" crumb={<Crumb />} reading={shown} />
  return <Batch key={importId} shown={shown.data} />
}

function Crumb() {
  return (
    <>
      人与户 / <Link to="/imports">名册导入</Link>
    </>
  )
}

/** While the worker is at it, the page follows. */
function pollOf(shown: ImportShown | undefined): number | false {
  return shown && isUnderWay(shown.batch.status) ? 1000 : false
}

function Batch({ shown }: { shown: ImportShown }) {
  const [isChanging, setChanging] = useState(false)
  const { batch, may, failure } = shown
  const isFirst = batch.status === 'uploaded'
  return (
    <>
      <Page
        title="名册导入"
        crumb={
          <>
            <Crumb /> / {batch.kindTitle}
          </>
        }
        aside={
          <>
            <b>{batch.fileName}</b>
            <Chip {...importState(batch)} />
            <span className="mini">
              {batch.madeBy} {minute(batch.madeAt)} 上传，{count(batch.rows)} 行
            </span>
          </>
        }
        actions={<Steps shown={shown} />}
        below={!isFirst && !isUnderWay(batch.status) && <Figures shown={shown} />}
      >
        <div className="stack">
          {failure && (
            <p className="notice notice-bad" role="alert">
              {failure.message}
            </p>
          )}
          {isUnderWay(batch.status) && <UnderWay shown={shown} />}
          {may.check && (isFirst || isChanging) && (
            <ImportColumns shown={shown} onSent={() => setChanging(false)} />
          )}
          {!isFirst && !isUnderWay(batch.status) && <Results shown={shown} />}
        </div>
      </Page>
      {!isFirst && (
        <ImportSign shown={shown} isChanging={isChanging} onChange={() => setChanging(!isChanging)} />
      )}
    </>
  )
}

const STEPS = [
  { title: '上传', on: [] },
  { title: '核对各列', on: ['uploaded'] },
  { title: '检查', on: ['checking'] },
  { title: '载入', on: ['checked', 'loading'] },
  { title: '已载入', on: ['loaded', 'undoing', 'undone'] },
] as const

function Steps({ shown: { batch } }: { shown: ImportShown }) {
  const at = STEPS.findIndex(({ on }) => on.some((status) => status === batch.status))
  return (
    <ol className="steps" aria-label="办理步骤">
      {STEPS.map(({ title }, index) => (
        <li
          key={title}
          className={index < at || batch.status === 'loaded' ? 'done' : index === at ? 'now' : ''}
          {...(index === at ? { 'aria-current': 'step' as const } : {})}
        >
          {batch.status === 'undone' && index === STEPS.length - 1 ? '已撤销' : title}
        </li>
      ))}
    </ol>
  )
}

const DOING = { checking: '正在检查', loading: '正在载入', undoing: '正在撤销' } as const

function UnderWay({ shown: { batch, progress } }: { shown: ImportShown }) {
  const title = DOING[batch.status as keyof typeof DOING]
  return (
    <section className="sheet pad" aria-live="polite">
      <h2>
        {title}：{count(progress.done)} / {count(progress.of)} 行
      </h2>
      <Progress label={title} done={progress.done} of={progress.of} />
      <p className="ink2">可以离开这个页面，后台接着办；回来时从这里接着看。</p>
    </section>
  )
}

function Figures({ shown: { batch } }: { shown: ImportShown }) {
  return (
    <div className="figs">
      {COUNTED.filter(({ key }) => batch.counts[key] > 0).map(({ key, title, note, tone }) => (
        <div key={key}>
          <div className="mini">{title}</div>
          <div className={tone ? `f ${tone}` : 'f'}>{count(batch.counts[key])}</div>
          <div className="mini">{note}</div>
        </div>
      ))}
    </div>
  )
}

function Results({ shown }: { shown: ImportShown }) {
  const { batch, undone, proposals } = shown
  const { counts } = batch
  return (
    <>
      {undone && batch.status === 'undone' && (
        <p className="notice">
          {undone.at && `${minute(undone.at)} `}已撤销：{undone.why}
        </p>
      )}
      {counts.wrong > 0 && <ImportFaults shown={shown} />}
      {proposals && counts.loaded > 0 && (
        <>
          <p className="notice">
            {proposalsSaid(proposals)}。复核在 <Link to="/determinations">认定待办</Link>{' '}
            里由另一人办，提出的人不能复核。
          </p>
          <ImportRows importId={batch.id} status="loaded" title="提出的认定" />
        </>
      )}
      {counts.kept > 0 && <ImportRows importId={batch.id} status="kept" title="没有撤销的行" />}
      {counts.known > 0 && <ImportRows importId={batch.id} status="known" title="已在册、跳过的行" />}
      {counts.wrong + counts.known + counts.kept === 0 && (
        <p className="notice notice-ok">每一行都没有问题。</p>
      )}
    </>
  )
}
