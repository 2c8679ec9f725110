import { Link, useNavigate } from '@tanstack/react-router'
import {
  grantAidsEndpoint,
  type AidChoices,
} from '../../../server/domains/social-assistance/temporary-assistance-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { Field, Select, TextBox } from '../../ui/Field.tsx'
import { money, monthText } from '../../ui/format.ts'
import { KeptAt, KeptNotice } from '../../ui/KeptNotice.tsx'
import {
  AID_KINDS,
  aidOf,
  aidProblem,
  aidStates,
  emptyAid,
  levelText,
  peopleOf,
  type AidForm as Form,
  type AidPerson,
} from './aid-form.ts'
import { AidBefore } from './AidBefore.tsx'

interface FormProps {
  file: AidPerson
  choices: AidChoices
}

/** The form at the left; who decides and what the person had before at the right. */
export function AidForm({ file, choices }: FormProps) {
  const { county } = useAsker()
  const { person } = file
  const navigate = useNavigate()
  const kept = useKept<Form>('aid.new', emptyAid(file), {
    ...{ subject: person.id, states: (typed) => aidStates(typed, file, choices.events) },
  })
  const form = kept.value
  const change = kept.set
  const open = (id: string) => navigate({ to: '/determinations/$id', params: { id } })
  const grant = useCommand(grantAidsEndpoint, ({ aids }) => open(aids[0]?.determinationId ?? ''), kept)
  const problem = aidProblem(form, file, choices)
  const send = () => {
    if (!problem && !grant.isPending) grant.mutate({ county, aids: [aidOf(form, file, choices)] })
  }
  useKeys({ F8: send })
  return (
    <>
      <Page
        title="办临时救助"
        crumb={
          <>
            办业务 / <Link to="/aids">临时救助</Link>
          </>
        }
        aside={
          <>
            <b>{person.fullName}</b>
            <span className="ink2">{person.village?.name ?? person.town?.name}</span>
            <KeptAt form={kept} />
          </>
        }
      >
        <div className="stack">
          <KeptNotice form={kept} />
          <div className="case">
            <div className="stack">
              <section className="sheet">
                <header>
                  <h2>救助什么</h2>
                  <span className="mini">{monthText(choices.month)}的一次性救助</span>
                </header>
                <div className="pad">
                  <Choice
                    label="类型"
                    value={form.kind}
                    choices={AID_KINDS}
                    onChoose={(kind) => change({ kind })}
                  />
                  <Field
                    label="金额（元）"
                    value={form.yuan}
                    isNumber
                    isFirst
                    note={
                      choices.limit ? (levelText(form, choices.limit) ?? '一次发给一名领款人') : undefined
                    }
                    onChange={(yuan) => change({ yuan })}
                  />
                  <Select
                    label="事由"
                    value={form.event}
                    none="没有特定事由"
                    choices={choices.events}
                    onChange={(event) => change({ event })}
                  />
                  <Ticks form={form} onChange={change} />
                  <TextBox
                    label="困难原因"
                    value={form.cause}
                    note="写事情和后果，不必写病名"
                    onChange={(cause) => change({ cause })}
                  />
                  <Field label="依据的条款" value={form.clause} onChange={(clause) => change({ clause })} />
                </div>
              </section>
              <Helped file={file} form={form} onChange={change} />
            </div>
            <div className="stack">
              <Limit limit={choices.limit} />
              <AidBefore file={file} />
            </div>
          </div>
        </div>
      </Page>
      <footer className="sign" aria-label="提出">
        <span className="grow" />
        <div className="sign-say" aria-live="polite">
          {grant.error ? (
            <span className="bad" role="alert">
              {grant.error.message}
            </span>
          ) : (
            <span className="ink2">{problem ?? '提出后由另一人复核；复核前一分不发。'}</span>
          )}
        </div>
        <button className="btn btn-1" type="button" aria-disabled={problem !== undefined} onClick={send}>
          {grant.isPending ? '正在提交…' : '提出，交另一人复核'} <kbd>F8</kbd>
        </button>
      </footer>
    </>
  )
}

interface PartProps {
  form: Form
  onChange: (part: Partial<Form>) => void
}

function Ticks({ form, onChange }: PartProps) {
  return (
    <div className="checks">
      <label>
        <input
          className="tick"
          type="checkbox"
          checked={form.registeredPoor}
          onChange={(event) => onChange({ registeredPoor: event.target.checked })}
        />
        建档立卡
      </label>
      {form.kind === 'urgent' && (
        <label>
          <input
            className="tick"
            type="checkbox"
            checked={form.reliefFirst}
            onChange={(event) => onChange({ reliefFirst: event.target.checked })}
          />
          先行救助：先发钱，材料后补
        </label>
      )}
    </div>
  )
}

function Helped({ file, form, onChange }: PartProps & { file: AidPerson }) {
  const toggle = (id: string) => {
    const { persons } = form
    onChange({ persons: persons.includes(id) ? persons.filter((each) => each !== id) : [...persons, id] })
  }
  return (
    <section className="sheet">
      <header>
        <h2>救助对象 {form.persons.length} 人</h2>
        <span className="mini">领款人是 {file.person.fullName}</span>
      </header>
      <div className="pad">
        <div className="checks">
          {peopleOf(file).map(({ id, fullName, note }) => (
            <label key={id}>
              <input
                className="tick"
                type="checkbox"
                checked={form.persons.includes(id)}
                onChange={() => toggle(id)}
              />
              {fullName} <span className="mini">{note}</span>
            </label>
          ))}
        </div>
      </div>
    </section>
  )
}

function Limit({ limit }: Pick<AidChoices, 'limit'>) {
  return (
    <section className="sheet case-side">
      <h2>谁审批</h2>
      {limit ? (
        <dl className="kv">
          <dt>乡镇限额</dt>
          <dd>{money(limit.fen)} 元，含本数</dd>
          <dt>自</dt>
          <dd>{limit.from}</dd>
          <dt>依据</dt>
          <dd>{limit.basis}</dd>
          <dt>超过的</dt>
          <dd>县级审批</dd>
        </dl>
      ) : (
        <p className="warn">没有生效的乡镇审批限额，不能提出。请先在“标准”里录入，并由另一人发布。</p>
      )}
    </section>
  )
}
