import { useMutation } from '@tanstack/react-query'
import { downloadBatchEndpoint } from '../../../server/engines/funds/batch-view.schema.ts'
import { saveFile, type Refusal } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import { Act } from '../../ui/Act.tsx'
import { count, money } from '../../ui/format.ts'
import type { BatchShown } from './batch-words.ts'

/** The bank's files: the only place where accounts stand in full, and every download is on record. */
export function BatchFiles({ shown: { batch, files, may } }: { shown: BatchShown }) {
  const { county } = useAsker()
  const download = useMutation<void, Refusal, number>({
    mutationFn: (part) => saveFile(downloadBatchEndpoint, { county, batchNo: batch.no, part }),
  })
  return (
    <section className="sheet">
      <header>
        <h2>银行文件</h2>
        <span className="mini">含完整账号，每次下载都有记录</span>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">文件</th>
            <th scope="col" className="r">
              笔数
            </th>
            <th scope="col" className="r">
              金额（元）
            </th>
            <th scope="col">
              <span className="hidden">操作</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ part, name, lines, totalFen }) => (
            <tr key={part}>
              <td className="wrap mono">{name}</td>
              <td className="r">{count(lines)}</td>
              <td className="r">{money(totalFen)}</td>
              <td className="r">
                {may.download.allowed && (
                  <Act
                    title="下载"
                    isSmall
                    isBusy={download.isPending && download.variables === part}
                    onPress={() => download.mutate(part)}
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!may.download.allowed && <p className="pad mini">{may.download.reason}</p>}
      {download.error && (
        <p className="notice notice-bad inset" role="alert">
          {download.error.message}
        </p>
      )}
    </section>
  )
}
