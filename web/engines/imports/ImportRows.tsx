import { Link } from '@tanstack/react-router'
import { listImportRowsEndpoint } from '../../../server/engines/imports/batch-view.schema.ts'
import { useListing } from '../../app/listing.ts'
import { useAsker } from '../../app/session.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'

interface ImportRowsProps {
  importId: string
  status: 'known' | 'kept' | 'loaded'
  title: string
}

/** Rows that nothing was done to, and why; or, of a list of proposals, each with how far it has come. */
export function ImportRows({ importId, status, title }: ImportRowsProps) {
  const { county } = useAsker()
  const list = useListing(listImportRowsEndpoint, { county, importId, status }, 'after')
  const rows = list.pages.flatMap((page) => page.rows)
  return (
    <section className="sheet">
      <header>
        <h2>{title}</h2>
      </header>
      {list.isPending && <Loading rows={3} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {rows.length > 0 && (
        <table className="tbl">
          <caption className="hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col" className="r">
                行
              </th>
              {status === 'loaded' && <th scope="col">认定</th>}
              <th scope="col">{status === 'loaded' ? '到了哪一步' : '为什么'}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ row, subjectId, what, why }) => (
              <tr key={row}>
                <th scope="row" className="r">
                  {row}
                </th>
                {status === 'loaded' && (
                  <td>
                    {subjectId && (
                      <Link to="/determinations/$id" params={{ id: subjectId }}>
                        {what}
                      </Link>
                    )}
                  </td>
                )}
                <td>{why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreButton list={list} listed={rows.length} />
    </section>
  )
}
