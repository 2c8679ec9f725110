import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { exportPeople } from '../../../server/engines/registry/export.schema.ts'
import { findPeopleEndpoint } from '../../../server/engines/registry/person-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Problem } from '../../ui/Problem.tsx'

const BY = { name: '姓名', id_number: '证件号码', id_tail: '证号后四位', phone: '电话' } as const

/** Finding people; what is typed may be an identity number, so it never stands in the address. */
export function PeoplePage() {
  const { county } = useAsker()
  const [text, setText] = useState('')
  const [asked, setAsked] = useState('')
  const [marks, setMarks] = useState<readonly string[]>([])
  const after = marks.at(-1)
  const found = useEndpoint(
    findPeopleEndpoint,
    { county, text: asked, limit: 50, ...(after === undefined ? {} : { after }) },
    { isEnabled: asked !== '' },
  )
  const next = found.data?.next ?? null
  return (
    <Page
      title="找人"
      crumb="人与户"
      actions={
        found.data &&
        found.data.people.length > 0 && <ExportButton contract={exportPeople} filter={{ text: asked }} />
      }
    >
      <div className="stack">
        <form
          role="search"
          className="form-row"
          onSubmit={(event) => {
            event.preventDefault()
            setMarks([])
            setAsked(text.trim())
          }}
        >
          <label>
            姓名、两个字、拼音首字母、证件号码、电话，或号码的后四位；同名的人多，再加乡镇或村
            <input
              className="field"
              type="search"
              autoFocus
              size={46}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          <button className="btn btn-1" type="submit">
            找 <kbd>Enter</kbd>
          </button>
        </form>
        {asked === '' && (
          <Blank title="找谁？">
            <p>
              输入姓名里的两个字、拼音首字母（如
              zsf）、证件号码、电话，或号码的后四位。同名的人多，空一格再写乡镇、村或后四位，如“王秀英
              九陂”。随处按 Ctrl K 也可以找。
            </p>
          </Blank>
        )}
        {asked !== '' && found.isPending && <Loading />}
        {found.error && <Problem error={found.error} onRetry={() => void found.refetch()} />}
        {found.data?.people.length === 0 && (
          <Blank title={`没有找到“${asked}”`}>
            <p>换成姓名首字母、证号或电话的后四位再找。不在您管辖地区的人不会出现。</p>
          </Blank>
        )}
        {found.data && found.data.people.length > 0 && (
          <section className="sheet scroll-x">
            <header>
              <h2>
                按{BY[found.data.by]}找到{next === null && marks.length === 0 ? '' : '，这一页'}{' '}
                {found.data.people.length} 人
              </h2>
              <span className="mini">同名的看证件号码</span>
            </header>
            <table className="tbl">
              <caption className="hidden">找到的人</caption>
              <thead>
                <tr>
                  <th scope="col">姓名</th>
                  <th scope="col">性别</th>
                  <th scope="col">证件号码</th>
                  <th scope="col">住在</th>
                  <th scope="col">电话</th>
                </tr>
              </thead>
              <tbody>
                {found.data.people.map(({ id, fullName, sex, idNumber, place, phone }) => (
                  <tr key={id}>
                    <td>
                      <Link to="/people/$personId" params={{ personId: id }}>
                        <b>{fullName}</b>
                      </Link>
                    </td>
                    <td>{sex === null ? '—' : sex === 'female' ? '女' : '男'}</td>
                    <td className="mono">{idNumber ?? '无'}</td>
                    <td className="wrap">{place ?? '—'}</td>
                    <td className="mono">{phone ?? '无'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
        {(marks.length > 0 || next !== null) && (
          <div className="hs">
            <button
              className="btn"
              type="button"
              disabled={marks.length === 0}
              onClick={() => setMarks(marks.slice(0, -1))}
            >
              上一页
            </button>
            <button
              className="btn"
              type="button"
              disabled={next === null}
              onClick={() => next !== null && setMarks([...marks, next])}
            >
              下一页
            </button>
          </div>
        )}
      </div>
    </Page>
  )
}
