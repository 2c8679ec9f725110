import { useState } from 'react'
import {
  approveBatchEndpoint,
  cancelBatchEndpoint,
  fileBatchEndpoint,
} from '../../../server/engines/funds/batch-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { useAsker } from '../../app/session.tsx'
import { Act, Confirm } from '../../ui/Act.tsx'
import { count, day, money } from '../../ui/format.ts'
import { Gates, Hand, type Gate } from '../../ui/Signing.tsx'
import { isSettled, type BatchShown } from './batch-words.ts'
import { BatchImport } from './BatchImport.tsx'

/** Who signed, what holds, and the next act of the batch. */
export function BatchSign({ shown }: { shown: BatchShown }) {
  const { county } = useAsker()
  const [typed, setTyped] = useState('')
  const [opened, setOpened] = useState<'cancel' | 'import'>()
  const { batch, may } = shown
  const approve = useCommand(approveBatchEndpoint, () => setTyped(''))
  const file = useCommand(fileBatchEndpoint)
  const cancel = useCommand(cancelBatchEndpoint, () => setOpened(undefined))
  const of = { county, batchNo: batch.no }
  const isTyped = typed.replace(/\D/g, '') === String(batch.lines)
  const approveShut = may.approve.reason ?? (isTyped ? null : '先输入笔数')
  const next = {
    draft: {
      title: '审批通过',
      reason: approveShut,
      isBusy: approve.isPending,
      act: () => approve.mutate(of),
    },
    approved: {
      title: '生成银行文件',
      reason: may.file.reason,
      isBusy: file.isPending,
      act: () => file.mutate(of),
    },
    filed: {
      ...{
        title: isSettled(batch) ? '再导入回单' : '导入银行回单',
        reason: may.importResults.reason,
        isBusy: false,
      },
      act: () => setOpened('import'),
    },
    cancelled: undefined,
  }[batch.status]
  const actNow = () => {
    if (next && next.reason === null && !next.isBusy) next.act()
  }
  const mayCancel = batch.status === 'draft' || batch.status === 'approved'
  useKeys({ F8: actNow, Z: mayCancel && may.cancel.allowed ? () => setOpened('cancel') : undefined })
  const refused = approve.error ?? file.error
  return (
    <footer className="sign" aria-label="办理">
      <Hand title="编制" {...signed(batch.madeBy, batch.madeAt)} />
      <Hand title="审批" {...signed(batch.approvedBy, batch.approvedAt)} />
      <Gates gates={gatesOf(shown)} />
      <span className="grow" />
      <div className="sign-say" aria-live="polite">
        {refused && (
          <span className="bad" role="alert">
            {refused.message}
          </span>
        )}
        {batch.status === 'cancelled' && '已作废，占用的预算已放回；其中的款项进入下一批'}
        {isSettled(batch) && '每一笔都有了结果'}
      </div>
      {mayCancel && (
        <Act title="作废" hotkey="Z" reason={may.cancel.reason} onPress={() => setOpened('cancel')} />
      )}
      {batch.status === 'draft' && may.approve.allowed && (
        <label className="type">
          输入笔数 {count(batch.lines)} 确认
          <input
            className="field"
            inputMode="numeric"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && actNow()}
          />
        </label>
      )}
      {next && (
        <Act
          title={next.title}
          hotkey="F8"
          isMain={!isSettled(batch)}
          isBusy={next.isBusy}
          reason={next.reason}
          onPress={actNow}
        />
      )}
      {opened === 'import' && <BatchImport batchNo={batch.no} onClose={() => setOpened(undefined)} />}
      {opened === 'cancel' && (
        <Confirm
          title={`作废第 ${batch.no} 批？`}
          verb="作废"
          onAct={() => cancel.mutate(of)}
          onClose={() => setOpened(undefined)}
          isBusy={cancel.isPending}
          error={cancel.error}
        >
          <p>
            {count(batch.lines)} 笔、{money(batch.totalFen)}{' '}
            元退出本批，可重新编入下一批；占用的预算随即放回。批次号不再使用。
          </p>
        </Confirm>
      )}
    </footer>
  )
}

function gatesOf({ budget, batch }: BatchShown): Gate[] {
  return [
    { title: '预算够', isOpen: budget.shortFen === 0 && budget.sources.length > 0 },
    { title: '另一人审批', isOpen: batch.approvedAt !== null },
    { title: '文件已生成', isOpen: batch.filedAt !== null },
    { title: '结果已齐', isOpen: isSettled(batch) },
  ]
}

function signed(name: string | null, at: string | null): { isDone: boolean; note: string } {
  return at === null ? { isDone: false, note: '待办' } : { isDone: true, note: `${name ?? ''} ${day(at)}` }
}
