import { useState } from 'react'
import {
  downloadFaultsEndpoint,
  listImportFaultsEndpoint,
  type ImportShown,
} from '../../../server/engines/imports/batch-view.schema.ts'
import { saveFile, type Refusal } from '../../app/api.ts'
import { useListing } from '../../app/listing.ts'
import { useAsker } from '../../app/session.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { count } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { kindsOf } from './import-kinds.ts'

/** What is wrong, by kind and row by row, and what to do about it. */
export function ImportFaults({ shown }: { shown: ImportShown }) {
  const [code, setCode] = useState<string>()
  return (
    <div className="cockpit">
      <Faults shown={shown} code={code} />
      <Kinds shown={shown} code={code} onChoose={setCode} />
    </div>
  )
}

interface KindsProps {
  shown: ImportShown
  code: string | undefined
  onChoose: (code: string | undefined) => void
}

function Kinds({ shown: { faults }, code, onChoose }: KindsProps) {
  return (
    <section className="sheet">
      <header>
        <h2>错在哪里</h2>
        {code !== undefined && (
          <button className="btn btn-s" type="button" onClick={() => onChoose(undefined)}>
            看全部
          </button>
        )}
      </header>
      <table className="tbl">
        <caption className="hidden">各种错误有多少行</caption>
        <tbody>
          {kindsOf(faults).map((fault) => (
            <tr key={fault.code} aria-selected={fault.code === code}>
              <td>
                {fault.title}
                <div className="mini">{fault.columns.join('、')}</div>
              </td>
              <td className="r">
                <button
                  className="num"
                  type="button"
                  aria-label={`${fault.title} ${count(fault.count)} 处，只看这一种`}
                  onClick={() => onChoose(fault.code)}
                >
                  {count(fault.count)}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Faults({ shown, code }: { shown: ImportShown; code: string | undefined }) {
  const { county } = useAsker()
  const { batch, may, headers } = shown
  const input = { county, importId: batch.id, ...(code === undefined ? {} : { code }) }
  const list = useListing(listImportFaultsEndpoint, input, 'after')
  const faults = list.pages.flatMap((page) => page.faults)
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>需改正的行</h2>
        <span className="grow" />
        {may.download && <Download importId={batch.id} />}
      </header>
      {list.isPending && <Loading rows={8} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {faults.length > 0 && (
        <table className="tbl">
          <caption className="hidden">需改正的行，按名册里的顺序</caption>
          <thead>
            <tr>
              <th scope="col" className="r">
                行
              </th>
              <th scope="col">列</th>
              <th scope="col">填的是</th>
              <th scope="col">为什么</th>
              <th scope="col">怎么办</th>
            </tr>
          </thead>
          <tbody>
            {faults.map((fault) => (
              <tr key={`${fault.row} ${fault.place} ${fault.code}`}>
                <th scope="row" className="r">
                  {fault.row}
                </th>
                <td>{headers[fault.place - 1] ?? fault.column}</td>
                <td className="wrap">{fault.value === '' ? <span className="dim">空</span> : fault.value}</td>
                <td className="wrap">{fault.reason}</td>
                <td className="wrap ink2">{fault.remedy}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreButton list={list} listed={faults.length} />
    </section>
  )
}

/** The rows as they were uploaded, with what is wrong beside them: mended in the file, uploaded again. */
function Download({ importId }: { importId: string }) {
  const { county } = useAsker()
  const [error, setError] = useState<Refusal>()
  return (
    <>
      {error && (
        <span className="mini bad" role="alert">
          {error.message}
        </span>
      )}
      <button
        className="btn btn-s"
        type="button"
        onClick={() => {
          setError(undefined)
          saveFile(downloadFaultsEndpoint, { county, importId }).catch((refused: Refusal) =>
            setError(refused),
          )
        }}
      >
        下载这些行去改
      </button>
    </>
  )
}
