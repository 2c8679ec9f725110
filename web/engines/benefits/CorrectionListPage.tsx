import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import {
  listCorrectionsEndpoint,
  proposeCorrectionEndpoint,
  type Correction,
} from '../../../server/engines/benefits/correction-view.schema.ts'
import { useCommand, useEndpoint } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { Page } from '../../app/Page.tsx'
import { useRowKeys } from '../../app/rows.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { TextBox } from '../../ui/Field.tsx'
import { count, minute } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'
import { CORRECTION_KINDS, CORRECTION_STATES } from './correction-words.ts'

const route = getRouteApi('/corrections')

/** Recoveries that no determination decided: why they may be written, proposed by one and decided by another. */
export function CorrectionListPage() {
  const { county } = useAsker()
  const navigate = useNavigate()
  const { kind, subject } = route.useSearch()
  const list = useEndpoint(listCorrectionsEndpoint, { county })
  const rows = useRowKeys<HTMLDivElement>()
  const corrections = list.data?.corrections ?? []
  const waiting = corrections.filter(({ status }) => status === 'proposed').length
  return (
    <Page
      title="更正"
      crumb="资金"
      aside={waiting > 0 && <span className="ink2">{`${count(waiting)} 份等决定`}</span>}
    >
      <div ref={rows}>
        {list.isPending && <Loading rows={8} />}
        {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
        {list.data && corrections.length === 0 && (
          <Blank title="没有更正">
            <p>
              标准、参数、计算办法或登记事实改动后，以前的月份算多了的，要由两人决定才能追回。核算的“待处理”里可以提出。
            </p>
            <Link className="btn" to="/runs">
              看月度核算
            </Link>
          </Blank>
        )}
        {corrections.length > 0 && (
          <section className="sheet scroll-x">
            <Corrections corrections={corrections} />
          </section>
        )}
      </div>
      {kind && subject && list.data?.may.propose && (
        <Propose
          key={`${kind}:${subject}`}
          kind={kind}
          subject={subject}
          onClose={() => void navigate({ to: '/corrections' })}
        />
      )}
    </Page>
  )
}

function Corrections({ corrections }: { corrections: readonly Correction[] }) {
  return (
    <table className="tbl">
      <caption className="hidden">更正，近的在前</caption>
      <thead>
        <tr>
          <th scope="col">提出</th>
          <th scope="col">状态</th>
          <th scope="col">更正什么</th>
          <th scope="col">依据</th>
          <th scope="col">谁提出</th>
          <th scope="col">后来</th>
          <th scope="col">下一步</th>
        </tr>
      </thead>
      <tbody>
        {corrections.map((correction) => (
          <tr key={correction.id}>
            <td className="ink2">{minute(correction.madeAt)}</td>
            <td>
              <Chip {...CORRECTION_STATES[correction.status]} />
            </td>
            <td className="wrap two">
              <b>{correction.kindTitle}</b>
              <div className="mini">{correction.subjectTitle ?? '不在您管辖地区，或已不在册'}</div>
            </td>
            <td className="wrap ink2">{correction.clause}</td>
            <td>{correction.madeBy ?? '同事'}</td>
            <td className="wrap ink2">{laterText(correction)}</td>
            <td>
              <Link
                className="verb"
                to="/corrections/$correctionId"
                params={{ correctionId: correction.id }}
                data-row=""
              >
                {correction.may.decide ? '决定' : '看涉及谁'}
                <span className="hidden">
                  ：{correction.kindTitle} {correction.subjectTitle}
                </span>
              </Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function laterText({ status, checkedBy, recordedAt, rejectedWhy }: Correction): string {
  if (status === 'proposed') return '等另一人决定'
  const who = `${checkedBy ?? '同事'} ${minute(recordedAt ?? '')}`
  return status === 'decided' ? `${who} 决定` : `${who} 退回：${rejectedWhy ?? ''}`
}

interface ProposeProps {
  kind: Correction['kind']
  subject: string
  onClose: () => void
}

const SAID = statesBy<{ clause: string }>({ clause: '依据' })

function Propose({ kind, subject, onClose }: ProposeProps) {
  const { county } = useAsker()
  const navigate = useNavigate()
  const form = useKept('correction.new', { clause: '' }, { subject: `${kind}:${subject}`, states: SAID })
  const { clause } = form.value
  const open = (correctionId: string) =>
    navigate({ to: '/corrections/$correctionId', params: { correctionId } })
  const propose = useCommand(proposeCorrectionEndpoint, ({ correctionId }) => open(correctionId), form)
  return (
    <Confirm
      title={`提出更正：${CORRECTION_KINDS[kind]}`}
      verb="提出"
      onAct={() => propose.mutate({ county, kind, subject, clause: clause.trim() })}
      onClose={onClose}
      isBusy={propose.isPending}
      missing={clause.trim() === '' ? '请写明依据条款' : undefined}
      error={propose.error}
      form={form}
    >
      <p className="ink2">
        由另一位负责人决定后，重新开始的核算才能写入它引起的追回；决定以前，已发的钱一分不动。
      </p>
      <TextBox label="依据哪个文件哪一条" value={clause} onChange={(text) => form.set({ clause: text })} />
    </Confirm>
  )
}
