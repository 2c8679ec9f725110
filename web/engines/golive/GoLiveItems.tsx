import { useState } from 'react'
import {
  tickGoLiveEndpoint,
  type GoLiveItem,
  type GoLiveShown,
} from '../../../server/engines/golive/golive-view.schema.ts'
import { HandItem } from '../../../server/engines/golive/project.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { TextBox } from '../../ui/Field.tsx'
import { minute } from '../../ui/format.ts'
import { Mark } from '../../ui/Icon.tsx'

/** What has to be so before the old system is left: found by the system, or said by a person. */
export function GoLiveItems({ shown: { items, may, project } }: { shown: GoLiveShown }) {
  const [ticking, setTicking] = useState<GoLiveItem>()
  const done = items.filter(({ isDone }) => isDone).length
  return (
    <section className="sheet">
      <header>
        <h2>上线清单</h2>
        <span className="ink2 mini">{`${done} / ${items.length} 项办好`}</span>
      </header>
      <ul className="attention inset">
        {items.map((item) => (
          <li key={item.key}>
            <span className={item.isDone ? 'ok' : 'warn'}>
              <Mark name={item.isDone ? 'tick' : 'triangle'} />
            </span>
            <div className="grow">
              <b>{item.title}</b>
              <span className="hidden">：{item.isDone ? '办好了' : '还没有'}</span>
              <div className="mini">{textOf(item)}</div>
            </div>
            {item.isByHand && may.tick && (
              <button
                className="btn btn-s"
                type="button"
                aria-label={`${item.isDone ? '改' : '登记'}：${item.title}`}
                onClick={() => setTicking(item)}
              >
                {item.isDone ? '改' : '登记'}
              </button>
            )}
          </li>
        ))}
      </ul>
      {ticking && <Tick projectId={project.id} item={ticking} onClose={() => setTicking(undefined)} />}
    </section>
  )
}

function textOf({ isByHand, text, note, doneBy, doneAt, seenAt }: GoLiveItem): string {
  if (!isByHand) return `系统核对：${text}${seenAt === null ? '' : `（${minute(seenAt)}）`}`
  if (note === null || doneAt === null) return text
  return `${note}（${doneBy ?? '同事'} ${minute(doneAt)}）`
}

const SAID = statesBy<{ note: string }>({ note: '办理情况' })

interface TickProps {
  projectId: string
  item: GoLiveItem
  onClose: () => void
}

function Tick({ projectId, item, onClose }: TickProps) {
  const { county } = useAsker()
  const form = useKept('golive.item', { note: '' }, { subject: projectId, states: SAID })
  const { note } = form.value
  const tick = useCommand(tickGoLiveEndpoint, onClose, form)
  const isDone = !item.isDone
  return (
    <Confirm
      title={item.title}
      verb={isDone ? '办好了' : '改为没有办好'}
      onAct={() => {
        const key = HandItem.parse(item.key)
        tick.mutate({ county, projectId, item: key, isDone, note: note.trim() })
      }}
      onClose={onClose}
      isBusy={tick.isPending}
      missing={note.trim().length < 2 ? '请写明由谁、何时、怎样办的' : undefined}
      error={tick.error}
      form={form}
    >
      <p className="ink2">{item.text}</p>
      <TextBox
        label={isDone ? '由谁、何时、怎样办的' : '为什么改为没有办好'}
        value={note}
        onChange={(text) => form.set({ note: text })}
      />
    </Confirm>
  )
}
