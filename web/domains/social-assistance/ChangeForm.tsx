import { Link, useNavigate } from '@tanstack/react-router'
import { memo, useCallback } from 'react'
import {
  editDeterminationEndpoint,
  proposeDeterminationsEndpoint,
} from '../../../server/engines/benefits/determination-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useKept, type KeptForm } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { useSettled } from '../../app/settled.ts'
import { KeptAt, KeptNotice } from '../../ui/KeptNotice.tsx'
import { monthAfter } from '../../ui/months.ts'
import { ChangeConflict, isClash } from './ChangeConflict.tsx'
import { ChangeEffect } from './ChangeEffect.tsx'
import { ChangeGround } from './ChangeGround.tsx'
import {
  problemOf,
  proposalOf,
  type ChangeForm as Form,
  type ChangeSubsistence,
  type People,
} from './change-form.ts'
import type { Start } from './change-start.ts'
import { formStates, type NameOf } from './change-words.ts'
import { SubsistenceFields } from './SubsistenceFields.tsx'
import { SupportFields } from './SupportFields.tsx'

/** Checked, refused or withdrawn meanwhile: what was typed is still here. */
const ANSWERED = 'benefits.determination_state'

function emptyForm({ award, basedOn, before }: Start): Form {
  const last = award.months[0]?.month
  const from = last === undefined ? '' : monthAfter(last)
  return { kind: 'change', from, to: '', cause: '', clause: '', basedOn, content: before, of: null }
}

/** The form at the left; what it changes and in which months at the right. */
export function ChangeForm({ start }: { start: Start }) {
  const { award } = start.award
  const { kept, form, settled, nameOf, error, isPending, problem, send, goOn } = useChange(start)
  const title = start.filled?.of ? '修改待复核的认定' : '提出变更'
  return (
    <>
      <Page
        title={`${award.programTitle} · ${title}`}
        crumb={<Crumb awardId={award.id} title={title} />}
        aside={
          <>
            <b>{award.holder.name ?? '不在您管辖地区'}</b>
            <KeptAt form={kept} />
          </>
        }
      >
        <div className="stack">
          <KeptNotice form={kept} />
          {form.basedOn !== start.basedOn && (
            <p className="notice notice-warn">
              这份草稿是按以前的认定填的，那以后内容已经变过。请对照右边“现在”逐项再看一遍。
            </p>
          )}
          <div className="case">
            <div className="stack">
              {error && isClash(error) && (
                <ChangeConflict {...{ error, form, start, nameOf }} key={error.message} onMerged={goOn} />
              )}
              <ChangeGround
                {...{ kind: form.kind, from: form.from, to: form.to, cause: form.cause, clause: form.clause }}
                program={award.program}
                onChange={kept.set}
              />
              {form.kind !== 'end' && (
                <Fields
                  content={form.content}
                  people={start.people}
                  isGradualExit={form.kind === 'gradual_exit'}
                  set={kept.set}
                />
              )}
            </div>
            <ChangeEffect start={start} form={settled} nameOf={nameOf} />
          </div>
        </div>
      </Page>
      <footer className="sign" aria-label="提出">
        <span className="grow" />
        <div className="sign-say" aria-live="polite">
          {error ? (
            <span className="bad" role="alert">
              {isClash(error) ? '没有保存：上面把两份并排列出，请逐项选' : error.message}
              {form.of && error.code === ANSWERED && (
                <button className="btn btn-s" type="button" onClick={() => goOn({ ...form, of: null })}>
                  用这份内容另提一份
                </button>
              )}
            </span>
          ) : (
            <span className="ink2">{problem ?? '提出后由另一人复核；在那之前什么都不变。'}</span>
          )}
        </div>
        <button className="btn btn-1" type="button" aria-disabled={problem !== undefined} onClick={send}>
          {isPending ? '正在提交…' : form.of ? '改好，交另一人复核' : '提出，交另一人复核'} <kbd>F8</kbd>
        </button>
      </footer>
    </>
  )
}

/** What is typed, and the two ways of handing it over: as a proposal of its own, or as an edit of one that waits. */
function useChange(start: Start) {
  const { county } = useAsker()
  const navigate = useNavigate()
  const { award } = start.award
  const edited = start.filled?.of
  const { people } = start
  const nameOf = useCallback<NameOf>(
    (id) => people.find((each) => each.id === id)?.name ?? '不在您管辖地区的人',
    [people],
  )
  const kept = useKept<Form>(
    edited ? 'determination.edit' : 'award.change',
    start.filled ?? emptyForm(start),
    { subject: edited?.id ?? award.id, states: (typed) => formStates(typed, nameOf) },
  )
  const form = kept.value
  const open = (id: string) => navigate({ to: '/determinations/$id', params: { id } })
  const propose = useCommand(proposeDeterminationsEndpoint, ({ ids }) => open(ids[0] ?? ''), kept)
  const edit = useCommand(editDeterminationEndpoint, ({ id }) => open(id), kept)
  const error = propose.error ?? edit.error
  // What a key changes beside the field itself follows when the fingers pause.
  const settled = useSettled(form)
  const problemIn = (typed: Form) =>
    error && isClash(error) ? '先逐项选用哪一份' : problemOf(typed, start.before)
  const isPending = propose.isPending || edit.isPending
  const send = () => {
    if (isPending || problemIn(form) !== undefined) return
    const { awardId, ...proposal } = proposalOf(award.id, form)
    if (form.of) edit.mutate({ county, ...proposal, id: form.of.id, version: form.of.version })
    else propose.mutate({ county, determinations: [{ awardId, ...proposal }] })
  }
  useKeys({ F8: send })
  const goOn = (next: Form) => {
    propose.reset()
    edit.reset()
    kept.change(next)
  }
  const problem = problemIn(settled)
  return { kept, form, settled, nameOf, error, isPending, problem, send, goOn }
}

function Crumb({ awardId, title }: { awardId: string; title: string }) {
  return (
    <>
      办业务 /{' '}
      <Link to="/awards/$awardId" params={{ awardId }}>
        待遇
      </Link>{' '}
      / {title}
    </>
  )
}

interface FieldsProps extends Pick<Form, 'content'> {
  people: People
  isGradualExit: boolean
  set: KeptForm<Form>['set']
}

const Fields = memo(function Fields({ content, people, isGradualExit, set }: FieldsProps) {
  const change = useCallback<ChangeSubsistence>(
    (next) =>
      set((form) =>
        form.content.program === 'subsistence_allowance' ? { content: next(form.content) } : {},
      ),
    [set],
  )
  if (content.program === 'subsistence_allowance')
    return <SubsistenceFields draft={content} onChange={change} {...{ people, isGradualExit }} />
  return <SupportFields draft={content} onChange={(support) => set({ content: support })} />
})
