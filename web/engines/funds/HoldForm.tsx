import { useDeferredValue, useState } from 'react'
import { setHoldEndpoint } from '../../../server/engines/funds/budget-view.schema.ts'
import { findPeopleEndpoint, type PersonInList } from '../../../server/engines/registry/person-view.schema.ts'
import { useCommand, useEndpoint } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useToday } from '../../app/known-day.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { Field, TextBox } from '../../ui/Field.tsx'

interface HoldFormProps {
  /** Chosen where the page was opened from; otherwise a person is looked for here. */
  awardId: string | undefined
  personId: string | undefined
  onClose: () => void
}

interface Typed {
  from: string
  cause: string
  evidence: string
  reviewOn: string
}

interface Filled extends Typed {
  person: PersonInList | null
}

const EMPTY: Filled = { person: null, from: '', cause: '', evidence: '', reviewOn: '' }
const SAID = statesBy<Filled>({ from: '从哪个月起', cause: '原因', evidence: '证据', reviewOn: '复查日' })

function states(filled: Filled) {
  return [{ label: '谁', text: filled.person?.fullName ?? '（没有选）' }, ...SAID(filled)]
}

/** A reason not to pay now: of one award, or of everything one person gets. */
export function HoldForm({ awardId, personId, onClose }: HoldFormProps) {
  const { county } = useAsker()
  const thisMonth = useToday()?.slice(0, 7) ?? ''
  const form = useKept('hold.new', EMPTY, { subject: awardId ?? personId ?? '', states })
  const { person, ...typed } = form.value
  const { cause, evidence, reviewOn } = typed
  const from = typed.from || thisMonth
  const change = form.set
  const set = useCommand(setHoldEndpoint, onClose, form)
  const whom = awardId ? { awardId } : { personId: personId ?? person?.id }
  const missing = missingIn({ ...typed, from }, awardId !== undefined || whom.personId !== undefined)
  const send = () =>
    set.mutate({ county, ...whom, fromMonth: from, cause: cause.trim(), evidence: evidence.trim(), reviewOn })
  return (
    <Confirm
      title="暂缓发放"
      verb="暂缓"
      onAct={send}
      onClose={onClose}
      isBusy={set.isPending}
      error={set.error}
      form={form}
      missing={missing}
    >
      <p className="ink2">只是先不付，待遇不变，到期不会自动停。从这个月起的款项都压下，查清后解除。</p>
      {awardId && <p className="notice">暂缓的是打开本页时选定的那一笔待遇。</p>}
      {personId && !awardId && <p className="notice">暂缓的是打开本页时选定的那个人的全部待遇。</p>}
      {!awardId && !personId && (
        <PersonChooser
          person={person ?? undefined}
          onChoose={(chosen) => change({ person: chosen ?? null })}
        />
      )}
      <Field label="从哪个月的款项起" type="month" value={from} onChange={(text) => change({ from: text })} />
      <TextBox
        label="原因"
        value={cause}
        note="如“民政部门核对发现疑似去世”"
        onChange={(text) => change({ cause: text })}
      />
      <Field
        label="证据：文件或记录的名称、编号"
        value={evidence}
        onChange={(text) => change({ evidence: text })}
      />
      <Field
        label="复查日"
        type="date"
        value={reviewOn}
        note="到这一天必须再看一次"
        onChange={(text) => change({ reviewOn: text })}
      />
    </Confirm>
  )
}

function missingIn({ from, cause, evidence, reviewOn }: Typed, isWhomKnown: boolean): string | undefined {
  if (!isWhomKnown) return '先选谁'
  if (from === '') return '先选从哪个月起'
  if (cause.trim().length < 2) return '先写原因'
  if (evidence.trim().length < 2) return '先写证据'
  return reviewOn === '' ? '先选复查日' : undefined
}

interface ChooserProps {
  person: PersonInList | undefined
  onChoose: (person: PersonInList | undefined) => void
}

function PersonChooser({ person, onChoose }: ChooserProps) {
  const { county, mayDo } = useAsker()
  const [text, setText] = useState('')
  const asked = useDeferredValue(text.trim())
  const maySearch = mayDo('registry.person.search')
  const found = useEndpoint(
    findPeopleEndpoint,
    { county, text: asked, limit: 8 },
    { isEnabled: maySearch && asked.length > 1 && !person },
  )
  if (!maySearch)
    return (
      <p className="notice notice-warn">
        您的岗位不能找人。请从批次里退回的支付指令打开，那里选定了待遇；或请有找人权限的同事办理。
      </p>
    )
  if (person)
    return (
      <p className="notice hs">
        <b>{person.fullName}</b> <span className="mono">{person.idNumber}</span>
        <span className="grow" />
        <button className="btn btn-s" type="button" onClick={() => onChoose(undefined)}>
          换一个人
        </button>
      </p>
    )
  return (
    <>
      <Field
        label="谁：姓名、拼音首字母、证号后四位；可再加乡镇或村"
        type="search"
        value={text}
        isFirst
        note="暂缓本人的全部待遇；只暂缓一笔，请从批次里退回的支付指令打开"
        onChange={setText}
      />
      {found.error && <p className="notice notice-bad">{found.error.message}</p>}
      {found.data?.people.length === 0 && <p className="mini">没有找到“{asked}”。</p>}
      {found.data && (
        <ul className="checks">
          {found.data.people.map((each) => (
            <li key={each.id}>
              <button className="btn btn-s" type="button" onClick={() => onChoose(each)}>
                选 {each.fullName} <span className="mono">{each.idNumber}</span> {each.place}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
