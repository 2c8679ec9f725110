import { useState } from 'react'
import {
  loadImportEndpoint,
  signImportEndpoint,
  undoImportEndpoint,
  type ImportShown,
} from '../../../server/engines/imports/batch-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { useAsker } from '../../app/session.tsx'
import { Act, Confirm } from '../../ui/Act.tsx'
import { TextBox } from '../../ui/Field.tsx'
import { count } from '../../ui/format.ts'
import { isUnderWay, proposalsSaid } from './import-words.ts'

interface ImportSignProps {
  shown: ImportShown
  isChanging: boolean
  onChange: () => void
}

/** The next act of the batch, and the way back. */
export function ImportSign({ shown, isChanging, onChange }: ImportSignProps) {
  const { county } = useAsker()
  const [opened, setOpened] = useState<'load' | 'sign' | 'undo'>()
  const { batch, may } = shown
  const close = () => setOpened(undefined)
  const load = useCommand(loadImportEndpoint, close)
  const sign = useCommand(signImportEndpoint, close)
  const { ready, loaded, kept } = batch.counts
  const next = isChanging ? undefined : may.load ? 'load' : may.sign ? 'sign' : undefined
  useKeys({
    F8: next && (() => setOpened(next)),
    Z: may.undo ? () => setOpened('undo') : undefined,
  })
  return (
    <footer className="sign" aria-label="办理">
      <div className="sign-say" aria-live="polite">
        {say(shown)}
      </div>
      <span className="grow" />
      {may.check && !isUnderWay(batch.status) && (
        <Act title={isChanging ? '列不改了' : '改列再检查'} onPress={onChange} />
      )}
      {may.undo && <Act title="撤销本批" hotkey="Z" onPress={() => setOpened('undo')} />}
      {next && (
        <Act
          title={next === 'load' ? `载入有效行（${count(ready)} 行）` : '签字'}
          hotkey="F8"
          isMain
          onPress={() => setOpened(next)}
        />
      )}
      {opened === 'load' && (
        <Confirm
          title={`载入 ${count(ready)} 行？`}
          verb="载入"
          onAct={() => load.mutate({ county, importId: batch.id })}
          onClose={close}
          isBusy={load.isPending}
          error={load.error}
        >
          {shown.proposals ? (
            <p>
              没有错的 {count(ready)}{' '}
              行各提出一份认定，提出人是您，由另一人复核后才生效；复核之前可以整批撤销。
            </p>
          ) : (
            <p>没有错的 {count(ready)} 行载入登记；需改正的行不载入，改好后再传。载入后可以整批撤销。</p>
          )}
          {shown.signing && <p className="ink2">旧系统的名单由另一人签字后才进入台账，签字前可以撤销。</p>}
        </Confirm>
      )}
      {opened === 'sign' && (
        <Confirm
          title={`签认这份名单的 ${count(loaded)} 项待遇？`}
          verb="签字"
          onAct={() => sign.mutate({ county, importId: batch.id })}
          onClose={close}
          isBusy={sign.isPending}
          error={sign.error}
        >
          <p>
            <b>{shown.signing?.summary}</b>。请先与旧系统的合计核对。
          </p>
          <p>签字后这些待遇进入台账，从末次发放的次月起由本系统核算；名单不能再撤销。</p>
        </Confirm>
      )}
      {opened === 'undo' && <Undo shown={shown} rows={loaded + kept} onClose={close} />}
    </footer>
  )
}

const SAID = statesBy<{ why: string }>({ why: '撤销原因' })

function Undo({ shown, rows, onClose }: { shown: ImportShown; rows: number; onClose: () => void }) {
  const { county } = useAsker()
  const importId = shown.batch.id
  const form = useKept('import.undo', { why: '' }, { subject: importId, states: SAID })
  const { why } = form.value
  const undo = useCommand(undoImportEndpoint, onClose, form)
  return (
    <Confirm
      title={`撤销本批的 ${count(rows)} 行？`}
      verb="撤销本批"
      onAct={() => undo.mutate({ county, importId, why: why.trim() })}
      onClose={onClose}
      isBusy={undo.isPending}
      error={undo.error}
      form={form}
      missing={why.trim().length < 2 ? '先写明撤销原因' : undefined}
    >
      {shown.proposals ? (
        <p>还待复核的认定撤回；已经复核生效的留下，并写明原因。</p>
      ) : (
        <p>这一批登记的内容恢复到载入之前。之后又有别的办理（入户、认定、暂缓等）的行会留下，并写明原因。</p>
      )}
      <TextBox label="为什么撤销" value={why} onChange={(text) => form.set({ why: text })} />
    </Confirm>
  )
}

function say({ batch, signing, proposals }: ImportShown): string {
  const { status, counts } = batch
  if (isUnderWay(status)) return '正在后台办理'
  if (status === 'checked')
    return counts.ready > 0 ? `检查过了：${count(counts.ready)} 行可以载入` : '检查过了：没有可以载入的行'
  if (status === 'loaded' && signing) {
    return signing.at === null
      ? `名单已提出（${signing.summary}），等另一人签字`
      : `${signing.by ?? ''} 已签字，待遇已进入台账`
  }
  if (status === 'loaded' && proposals) return proposalsSaid(proposals)
  if (status === 'undone') return `已撤销 ${count(counts.undone)} 行`
  const rest = counts.wrong + counts.held
  return `已载入 ${count(counts.loaded)} 行${rest > 0 ? `；其余 ${count(rest)} 行改好后再传，已载入的会自动跳过` : ''}`
}
