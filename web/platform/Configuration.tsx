import { getConfigurationEndpoint } from '../../server/platform/configuration.schema.ts'
import { useEndpoint } from '../app/api.ts'
import { useAsker } from '../app/session.tsx'
import { Loading } from '../ui/Blank.tsx'
import { day } from '../ui/format.ts'
import { Problem } from '../ui/Problem.tsx'

/** How this installation is configured: read here, changed where each line says. */
export function Configuration() {
  const { county } = useAsker()
  const shown = useEndpoint(getConfigurationEndpoint, { county })
  if (shown.isPending) return <Loading rows={10} />
  if (shown.error) return <Problem error={shown.error} onRetry={() => void shown.refetch()} />
  const { items } = shown.data
  const groups = [...new Set(items.map(({ group }) => group))]
  return (
    <section className="sheet scroll-x" tabIndex={0} aria-label="本系统的配置">
      <header>
        <h2>本系统的配置</h2>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">配置</th>
            <th scope="col">现在</th>
            <th scope="col">自</th>
            <th scope="col">依据</th>
            <th scope="col">怎样更改</th>
          </tr>
        </thead>
        {groups.map((group) => (
          <tbody key={group}>
            <tr className="group">
              <th scope="rowgroup" colSpan={5}>
                {group}
              </th>
            </tr>
            {items
              .filter((item) => item.group === group)
              .map(({ title, text, since, basis, how }) => (
                <tr key={title}>
                  <td>
                    <b>{title}</b>
                  </td>
                  <td className="wrap">{text}</td>
                  <td>{since === null ? '本版本' : day(since)}</td>
                  <td className="wrap ink2">{basis}</td>
                  <td className="wrap ink2">{how}</td>
                </tr>
              ))}
          </tbody>
        ))}
      </table>
    </section>
  )
}
