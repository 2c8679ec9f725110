import { Link, useNavigate } from '@tanstack/react-router'
import { proposeDeterminationsEndpoint } from '../../../server/engines/benefits/determination-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { minute } from '../../ui/format.ts'
import { KeptNotice } from '../../ui/KeptNotice.tsx'
import { monthAfter } from '../../ui/months.ts'
import { ChangeConflict } from './ChangeConflict.tsx'
import { ChangeEffect } from './ChangeEffect.tsx'
import { ChangeGround } from './ChangeGround.tsx'
import { problemOf, proposalOf, type ChangeForm as Form } from './change-form.ts'
import type { Start } from './change-start.ts'
import { SubsistenceFields } from './SubsistenceFields.tsx'
import { SupportFields } from './SupportFields.tsx'

const CONFLICT = 'benefits.determination_waiting'

function emptyForm({ award, basedOn, before }: Start): Form {
  const last = award.months[0]?.month
  const from = last === undefined ? '' : monthAfter(last)
  return { kind: 'change', from, to: '', cause: '', clause: '', basedOn, content: before }
}

/** The form at the left; what it changes and in which months at the right. */
export function ChangeForm({ start }: { start: Start }) {
  const { county } = useAsker()
  const { award } = start.award
  const navigate = useNavigate()
  const kept = useKept<Form>(`change.${award.id}`, emptyForm(start))
  const form = kept.value
  const propose = useCommand(proposeDeterminationsEndpoint, async ({ ids }) => {
    kept.done()
    await navigate({ to: '/determinations/$id', params: { id: ids[0] ?? '' } })
  })
  const problem = problemOf(form, start.before)
  const send = () => {
    if (!problem && !propose.isPending)
      propose.mutate({ county, determinations: [proposalOf(award.id, form)] })
  }
  useKeys({ F8: send })
  const nameOf = (id: string) => start.people.find((each) => each.id === id)?.name ?? '不在您管辖地区的人'
  return (
    <>
      <Page
        title={`${award.programTitle} · 提出变更`}
        crumb={
          <>
            人与户 /{' '}
            <Link to="/awards/$awardId" params={{ awardId: award.id }}>
              待遇
            </Link>{' '}
            / 提出变更
          </>
        }
        aside={
          <>
            <b>{award.holder.name ?? '不在您管辖地区'}</b>
            <span className="mini">{kept.keptAt ? `草稿已存 ${minute(kept.keptAt).slice(11)}` : ''}</span>
          </>
        }
      >
        <div className="stack">
          <KeptNotice found={kept.found} />
          {form.basedOn !== start.basedOn && (
            <p className="notice notice-warn">
              这份草稿是按以前的认定填的，那以后内容已经变过。请对照右边“现在”逐项再看一遍。
            </p>
          )}
          <div className="case">
            <div className="stack">
              {propose.error?.code === CONFLICT && (
                <ChangeConflict error={propose.error} form={form} nameOf={nameOf} />
              )}
              <ChangeGround form={form} program={award.program} onChange={kept.change} />
              {form.kind !== 'end' && (
                <Fields start={start} form={form} onChange={(content) => kept.change({ ...form, content })} />
              )}
            </div>
            <ChangeEffect start={start} form={form} nameOf={nameOf} />
          </div>
        </div>
      </Page>
      <footer className="sign" aria-label="提出">
        <span className="grow" />
        <div className="sign-say" aria-live="polite">
          {propose.error ? (
            <span className="bad" role="alert">
              {propose.error.code === CONFLICT ? '没有保存：上面把两份并排列出' : propose.error.message}
            </span>
          ) : (
            <span className="ink2">{problem ?? '提出后由另一人复核；在那之前什么都不变。'}</span>
          )}
        </div>
        <button className="btn btn-1" type="button" aria-disabled={problem !== undefined} onClick={send}>
          {propose.isPending ? '正在提交…' : '提出，交另一人复核'} <kbd>F8</kbd>
        </button>
      </footer>
    </>
  )
}

interface FieldsProps {
  start: Start
  form: Form
  onChange: (content: Form['content']) => void
}

function Fields({ start, form: { content, kind }, onChange }: FieldsProps) {
  if (content.program === 'subsistence_allowance')
    return (
      <SubsistenceFields
        draft={content}
        people={start.people}
        isGradualExit={kind === 'gradual_exit'}
        onChange={onChange}
      />
    )
  return <SupportFields draft={content} onChange={onChange} />
}
