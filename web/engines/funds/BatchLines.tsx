import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { exportInstructions } from '../../../server/engines/funds/export.schema.ts'
import {
  answerUnknownEndpoint,
  listInstructionsEndpoint,
  type InstructionShown,
} from '../../../server/engines/funds/batch-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { statesBy, useKept } from '../../app/kept.ts'
import { useListing } from '../../app/listing.ts'
import { PersonName } from '../../app/PersonName.tsx'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { Field } from '../../ui/Field.tsx'
import { count, money } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { lineState, type LineStatus } from './batch-words.ts'

const FILTERS = {
  all: '全部',
  in_flight: '等回单',
  paid: '到账',
  returned: '退回',
  unknown: '待查',
  late_paid: '重复到账',
} as const

interface LinesProps {
  batchNo: number
  lines: number
  /** The bank has its file: results may come. */
  isFiled: boolean
  status: LineStatus | undefined
  onStatus: (status: LineStatus | undefined) => void
}

/** Each payment of the batch and what became of it. */
export function BatchLines({ batchNo, lines, isFiled, status, onStatus }: LinesProps) {
  const { county, mayDo } = useAsker()
  const [asked, setAsked] = useState<InstructionShown>()
  const input = { county, batchNo, ...(status ? { status } : {}) }
  const list = useListing(listInstructionsEndpoint, input, 'after')
  const rows = list.pages.flatMap((page) => page.instructions)
  const mayAnswer = mayDo('funds.result.answer')
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>支付指令</h2>
        <span className="mini">{count(lines)} 笔</span>
        <span className="grow" />
        {isFiled && (
          <Choice
            label="只看"
            isBare
            value={status === undefined || status === 'cancelled' ? 'all' : status}
            choices={FILTERS}
            onChoose={(chosen) => onStatus(chosen === 'all' ? undefined : chosen)}
          />
        )}
        <ExportButton
          contract={exportInstructions}
          filter={{ batchNo, ...(status ? { status } : {}) }}
          rows={status ? undefined : lines}
        />
      </header>
      {list.isPending && <Loading rows={10} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {!list.isPending && !list.error && rows.length === 0 && (
        <p className="pad ink2">{status ? '没有这种结果的支付指令。' : '这一批没有支付指令。'}</p>
      )}
      {rows.length > 0 && (
        <table className="tbl">
          <caption className="hidden">本批支付指令</caption>
          <thead>
            <tr>
              <th scope="col">序号</th>
              <th scope="col">收款人</th>
              <th scope="col">项目</th>
              <th scope="col">月份</th>
              <th scope="col">账户</th>
              <th scope="col" className="r">
                金额（元）
              </th>
              <th scope="col">结果</th>
              <th scope="col">
                <span className="hidden">操作</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((line) => (
              <Row
                key={line.id}
                line={line}
                isFiled={isFiled}
                onAnswer={mayAnswer ? () => setAsked(line) : undefined}
              />
            ))}
          </tbody>
        </table>
      )}
      <MoreButton list={list} listed={rows.length} />
      {status === 'unknown' && rows.length > 0 && !mayAnswer && (
        <p className="pad mini">待查的由资金经办凭银行书面答复了结；您的岗位没有这项权限。</p>
      )}
      {asked && <Answer line={asked} onClose={() => setAsked(undefined)} />}
    </section>
  )
}

interface RowProps {
  line: InstructionShown
  isFiled: boolean
  onAnswer: (() => void) | undefined
}

function Row({ line, isFiled, onAnswer }: RowProps) {
  const { ref, payeeKind, payeeId, payeeName, programTitle, forMonth, account, fen } = line
  const { status, reason, awardId } = line
  return (
    <tr>
      <td className="mono dim" title={`业务编号 ${ref}`}>
        {Number(ref.slice(-6))}
      </td>
      <td>
        {payeeKind === 'person' ? <PersonName id={payeeId} fullName={payeeName} /> : <b>{payeeName}</b>}
      </td>
      <td>{programTitle}</td>
      <td>{forMonth}</td>
      <td className="mono ink2">{account}</td>
      <td className="r">
        <b>{money(fen)}</b>
      </td>
      <td className="wrap">
        <Chip {...lineState(line, isFiled)} />
        {reason && <span className="mini"> {reason}</span>}
      </td>
      <td className="r">
        {status === 'unknown' && onAnswer && (
          <button className="btn btn-s" type="button" onClick={onAnswer}>
            了结
          </button>
        )}
        {status === 'returned' && (
          <Link className="btn btn-0 btn-s" to="/holds" search={{ award: awardId }}>
            暂缓这笔待遇
          </Link>
        )}
      </td>
    </tr>
  )
}

const OUTCOMES = { paid: '已到账', returned: '没有到账，款已退回' } as const
const ANSWER: { outcome: keyof typeof OUTCOMES; paper: string } = { outcome: 'paid', paper: '' }
const ANSWER_SAID = statesBy<typeof ANSWER>({ outcome: ['银行答复', OUTCOMES], paper: '书面答复' })

function Answer({ line, onClose }: { line: InstructionShown; onClose: () => void }) {
  const { county } = useAsker()
  const form = useKept('instruction.answer', ANSWER, { subject: line.id, states: ANSWER_SAID })
  const { outcome, paper } = form.value
  const answer = useCommand(answerUnknownEndpoint, onClose, form)
  return (
    <Confirm
      title={`了结待查：${line.payeeName} ${money(line.fen)} 元`}
      verb="了结"
      onAct={() => answer.mutate({ county, instructionId: line.id, outcome, paper: paper.trim() })}
      onClose={onClose}
      isBusy={answer.isPending}
      error={answer.error}
      form={form}
      missing={paper.trim().length < 2 ? '先填银行书面答复' : undefined}
    >
      <p className="ink2">
        {line.programTitle} {line.forMonth}，账户 {line.account}。{line.reason}
      </p>
      <Choice
        label="银行答复"
        value={outcome}
        choices={OUTCOMES}
        onChoose={(chosen) => form.set({ outcome: chosen })}
      />
      <Field
        label="书面答复的编号或名称"
        value={paper}
        isFirst
        note={outcome === 'paid' ? '这笔就此算已发放。' : '这笔退回后可编入下一批；预算随即放回。'}
        onChange={(text) => form.set({ paper: text })}
      />
    </Confirm>
  )
}
