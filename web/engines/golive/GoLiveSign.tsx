import { useState } from 'react'
import {
  giveUpGoLiveEndpoint,
  openGoLiveEndpoint,
  signGoLiveEndpoint,
  unsignGoLiveEndpoint,
  type GoLive,
  type GoLiveShown,
} from '../../../server/engines/golive/golive-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { TextBox } from '../../ui/Field.tsx'
import { count, minute } from '../../ui/format.ts'
import { Gates, Hand } from '../../ui/Signing.tsx'

interface SignProps {
  shown: GoLiveShown
  /** Undefined = not known yet. */
  stops: number | undefined
}

/** Two signatures under the same lines, then the change-over; the number of lines is typed by hand before each. */
export function GoLiveSign({ shown, stops }: SignProps) {
  const { county } = useAsker()
  const { project, may, digest, items, unexplained } = shown
  const isExplained = project.compared !== null && unexplained.lines === 0
  const [typed, setTyped] = useState('')
  const [asking, setAsking] = useState<'giveUp' | 'unsign'>()
  const sign = useCommand(signGoLiveEndpoint, () => setTyped(''))
  const open = useCommand(openGoLiveEndpoint, () => setTyped(''))
  const lines = shown.sums.reduce((sum, each) => sum + each.lines, 0)
  const isTyped = typed.replace(/\D/g, '') === String(lines)
  const isSettled = isExplained && stops === 0
  const isListed = items.every(({ isDone }) => isDone)
  const isReady = isTyped && (may.open ? isListed : isSettled)
  const act = () => {
    if (!isReady || sign.isPending || open.isPending) return
    if (may.open) open.mutate({ county, projectId: project.id })
    else if (may.sign && digest !== null) sign.mutate({ county, projectId: project.id, digest })
  }
  useKeys({ F8: act })
  if (project.status === 'given_up') return null
  const error = sign.error ?? open.error
  return (
    <footer className="sign" aria-label="签认与切换">
      <Signed title="第一人签认" hand={project.first} />
      <Signed title="第二人签认" hand={project.second} />
      <Signed title="切换" hand={project.live} />
      {project.status !== 'live' && (
        <Gates
          gates={[
            ...(project.status === 'signed'
              ? []
              : [
                  { title: '差额都有说明', isOpen: isExplained },
                  { title: '质量没有必须先办的', isOpen: stops === 0, isWrong: (stops ?? 0) > 0 },
                ]),
            { title: '上线清单办好', isOpen: isListed },
          ]}
        />
      )}
      <div className="sign-acts">
        <div className="sign-say" aria-live="polite">
          {error ? (
            <span className="bad" role="alert">
              {error.message}
            </span>
          ) : (
            <span className="ink2">{sayOf(shown, { isSettled, isListed })}</span>
          )}
        </div>
        {may.giveUp && (
          <button className="btn" type="button" onClick={() => setAsking('giveUp')}>
            放弃项目
          </button>
        )}
        {may.unsign && (
          <button className="btn" type="button" onClick={() => setAsking('unsign')}>
            撤回签认
          </button>
        )}
        {(may.sign || may.open) && (
          <>
            <label className="type">
              输入对照行数 {count(lines)} 确认
              <input
                className="field"
                inputMode="numeric"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                onKeyDown={(event) => event.key === 'Enter' && act()}
              />
            </label>
            <button className="btn btn-1" type="button" aria-disabled={!isReady} onClick={act}>
              {sign.isPending || open.isPending ? '正在提交…' : may.open ? '切换上线' : '签认'} <kbd>F8</kbd>
            </button>
          </>
        )}
      </div>
      {asking && <Why project={project} act={asking} onClose={() => setAsking(undefined)} />}
    </footer>
  )
}

function Signed({ title, hand }: { title: string; hand: GoLive['first'] }) {
  return (
    <Hand
      title={title}
      isDone={hand !== null}
      note={hand ? `${hand.name ?? '同事'} ${minute(hand.at)}` : '待办'}
    />
  )
}

function sayOf(
  { project: { status, first, openingMonth }, may, digest }: GoLiveShown,
  { isSettled, isListed }: { isSettled: boolean; isListed: boolean },
): string {
  if (status === 'live') return `已切换，${openingMonth} 起由本系统核算、发放`
  if (status === 'signed')
    return may.open
      ? isListed
        ? '切换后旧系统不再发放，不能退回'
        : '上线清单办好后才能切换'
      : '等分管领导切换'
  if (!isSettled) return '差额都有说明、质量没有必须先办的，才能签认'
  if (first !== null && !may.sign) return '要由另一个有签认权限的人签认'
  return `签认的是这一份对照：${digest?.slice(0, 12) ?? ''}`
}

const SAID = statesBy<{ why: string }>({ why: '原因' })

interface WhyProps {
  project: GoLive
  act: 'giveUp' | 'unsign'
  onClose: () => void
}

const ACTS = {
  giveUp: { title: '放弃上线项目', verb: '放弃', endpoint: giveUpGoLiveEndpoint, form: 'golive.give_up' },
  unsign: { title: '撤回签认', verb: '撤回', endpoint: unsignGoLiveEndpoint, form: 'golive.unsign' },
} as const

function Why({ project, act, onClose }: WhyProps) {
  const { county } = useAsker()
  const { title, verb, endpoint, form: name } = ACTS[act]
  const form = useKept(name, { why: '' }, { subject: project.id, states: SAID })
  const { why } = form.value
  const send = useCommand(endpoint, onClose, form)
  return (
    <Confirm
      title={title}
      verb={verb}
      onAct={() => send.mutate({ county, projectId: project.id, why: why.trim() })}
      onClose={onClose}
      isBusy={send.isPending}
      missing={why.trim().length < 2 ? '请写明原因' : undefined}
      error={send.error}
      form={form}
    >
      <p className="ink2">
        {act === 'giveUp'
          ? '开账月不再有效；已经导入的人、户、待遇都不变。'
          : '两人的签认都撤回，可以重新说明、重新对照。'}
      </p>
      <TextBox label="原因" value={why} onChange={(text) => form.set({ why: text })} />
    </Confirm>
  )
}
