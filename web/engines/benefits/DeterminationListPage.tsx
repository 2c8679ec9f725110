import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import { exportDeterminations } from '../../../server/engines/benefits/export.schema.ts'
import { listDeterminationsEndpoint } from '../../../server/engines/benefits/determination-view.schema.ts'
import { callEndpoint, keyOf, type Refusal } from '../../app/api.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { Page } from '../../app/Page.tsx'
import { useRowKeys } from '../../app/rows.ts'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { count } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'
import { DeterminationBatch } from './DeterminationBatch.tsx'
import { DeterminationPanel } from './DeterminationPanel.tsx'
import { DeterminationTable } from './DeterminationTable.tsx'
import type { QueueSearch } from './queue-search.ts'

const route = getRouteApi('/determinations')
type Listed = z.infer<typeof listDeterminationsEndpoint.output>

/** 认定待办: what waits to be checked, or came back; the chosen one beside it, several together after a typed count. */
export function DeterminationListPage() {
  const { county } = useAsker()
  const search = route.useSearch()
  const navigate = useNavigate()
  const { town, program, one } = search
  const status = search.status ?? ('proposed' as const)
  const filter = { status, ...(town ? { town } : {}), ...(program ? { program } : {}) }
  const input = { county, ...filter }
  const list = useInfiniteQuery({
    queryKey: keyOf(listDeterminationsEndpoint, input),
    queryFn: ({ pageParam, signal }) =>
      callEndpoint(
        listDeterminationsEndpoint,
        { ...input, ...(pageParam ? { after: pageParam } : {}) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const rowKeys = useRowKeys<HTMLDivElement>()
  const rows = list.data?.pages.flatMap(({ determinations }) => determinations) ?? []
  const chosen = rows.find(({ id }) => id === one) ?? rows[0]
  const picked = rows.filter(({ id, may }) => ticked.has(id) && may.check)
  const go = (next: QueueSearch) => void navigate({ to: '/determinations', search: next, replace: true })
  return (
    <div className={chosen ? 'desk' : 'desk-main grow'}>
      <div className="desk-main">
        <Page
          title="认定待办"
          crumb="办业务"
          aside={
            <span className="ink2">{list.data && `共 ${count(list.data.pages[0]?.count ?? 0)} 份`}</span>
          }
          actions={
            rows.length > 0 && (
              <ExportButton
                contract={exportDeterminations}
                filter={filter}
                rows={list.data?.pages[0]?.count}
              />
            )
          }
        >
          <div className="stack" ref={rowKeys}>
            <Filters search={search} onChange={go} />
            {list.isPending && <Loading rows={10} />}
            {list.error && <Problem error={list.error as Refusal} onRetry={() => void list.refetch()} />}
            {list.data && rows.length === 0 && <Nothing search={search} onAll={() => go({})} />}
            {rows.length > 0 && (
              <DeterminationTable
                {...{ rows, ticked, chosen: chosen?.id }}
                onTick={setTicked}
                onChoose={(id) => id !== one && go({ ...search, one: id })}
              />
            )}
            {list.hasNextPage && (
              <p>
                <button className="btn" type="button" onClick={() => void list.fetchNextPage()}>
                  {list.isFetchingNextPage ? '正在读…' : `再看下面的（已列 ${count(rows.length)} 份）`}
                </button>
              </p>
            )}
          </div>
        </Page>
        {picked.length > 0 ? (
          <DeterminationBatch rows={picked} onDone={() => setTicked(new Set())} />
        ) : (
          chosen && <KeysBar />
        )}
      </div>
      {chosen && <DeterminationPanel row={chosen} hasKeys={picked.length === 0} />}
    </div>
  )
}

function KeysBar() {
  return (
    <p className="keys-bar">
      <span>
        <kbd>↑</kbd> <kbd>↓</kbd> 选择
      </span>
      <span>
        <kbd>Enter</kbd> 打开
      </span>
      <span>
        <kbd>F8</kbd> 复核通过
      </span>
      <span>
        <kbd>R</kbd> 退回
      </span>
    </p>
  )
}

interface FiltersProps {
  search: QueueSearch
  onChange: (search: QueueSearch) => void
}

function Filters({ search, onChange }: FiltersProps) {
  const { towns, programs } = useSeen(search)
  const set = (name: 'town' | 'program', value: string) => {
    const { [name]: _, one: __, ...rest } = search
    onChange(value === '' ? rest : { ...rest, [name]: value })
  }
  return (
    <div className="filters">
      <Choice
        label="状态"
        isBare
        value={search.status ?? 'proposed'}
        choices={{ proposed: '待复核', refused: '已退回' }}
        onChoose={(status) => {
          const { status: _, one: __, ...rest } = search
          onChange(status === 'refused' ? { ...rest, status } : rest)
        }}
      />
      <label>
        乡镇
        <select
          className="field"
          value={search.town ?? ''}
          onChange={(event) => set('town', event.target.value)}
        >
          <option value="">全部</option>
          {[...towns].map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        项目
        <select
          className="field"
          value={search.program ?? ''}
          onChange={(event) => set('program', event.target.value)}
        >
          <option value="">全部</option>
          {[...programs].map(([key, title]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}

/** Towns and programmes of what was listed so far, and of the address: the choices of the filters. */
function useSeen({ town, program }: QueueSearch) {
  const client = useQueryClient()
  const lists = client.getQueriesData<{ pages: Listed[] }>({ queryKey: keyOf(listDeterminationsEndpoint) })
  const rows = lists.flatMap(([, data]) => data?.pages.flatMap((page) => page.determinations) ?? [])
  const towns = new Map(town ? [[town, town]] : [])
  const programs = new Map(program ? [[program, program]] : [])
  for (const row of rows) {
    if (row.town) towns.set(row.town, row.townName ?? row.town)
    programs.set(row.program, row.programTitle)
  }
  return { towns, programs }
}

function Nothing({ search, onAll }: { search: QueueSearch; onAll: () => void }) {
  const isFiltered = search.town !== undefined || search.program !== undefined
  if (isFiltered)
    return (
      <Blank title="这样筛选没有认定">
        <button className="btn" type="button" onClick={onAll}>
          不筛选
        </button>
      </Blank>
    )
  if (search.status === 'refused') return <Blank title="没有退回的认定" />
  return (
    <Blank title="没有待复核的认定">
      <p>经办从一项待遇里提出变更后，会排在这里；先提出的在前。</p>
    </Blank>
  )
}
