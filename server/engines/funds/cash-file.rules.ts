import type { Instant } from '../../platform/dates.ts'
import { formatYuan } from '../../platform/money.ts'
import { maskNumbersIn } from '../../platform/masking.ts'
import { dayAt } from '../registry/index.ts'
import type { ClaimInFile, HoldInFile, Payment } from '../registry/file-money.schema.ts'
import type { FileEvent } from '../registry/person-file.schema.ts'
import type { FileClaim, FileHold, FilePayment, FileReceipt } from './cash-file.db.ts'
import type { InstructionStatus } from './funds.schema.ts'

/** Cash in plain words, for the file of a person and for one award. */

export const PAYMENT_TITLES: Readonly<Record<InstructionStatus, string>> = {
  ...{
    in_flight: '已列入发放批次，等银行回盘',
    paid: '已到账',
    returned: '被银行退回',
    unknown: '银行没有明确答复',
  },
  ...{ late_paid: '退回后又到账', cancelled: '已撤销' },
}

export function paymentShown(payment: FilePayment): Payment {
  const { id, awardId, forMonth, fen, status, reason, payeeName, statusAt } = payment
  const day = dayAt(statusAt)
  return {
    ...{ id, awardId, forMonth, fen, status, reason, payeeName, day },
    at: statusAt,
    statusTitle: PAYMENT_TITLES[status],
  }
}

/** Holds in force as known at a cut. */
export function holdsShown(holds: readonly FileHold[], cut: Instant | null): HoldInFile[] {
  const live = holds.filter(
    ({ isLifting, recordedAt, supersededAt }) =>
      !isLifting &&
      (cut === null
        ? supersededAt === null
        : recordedAt <= cut && (supersededAt === null || supersededAt > cut)),
  )
  return live.map(({ id, awardId, personId, fromMonth, cause, reviewOn, recordedAt }) => {
    return { id, awardId, personId, fromMonth, cause: maskNumbersIn(cause), reviewOn, setAt: recordedAt }
  })
}

export function claimsShown(claims: readonly FileClaim[], cut: Instant | null): ClaimInFile[] {
  return claims
    .filter(({ openedAt }) => cut === null || openedAt <= cut)
    .map(({ id, awardId, forMonth, status, openedFen, openFen, decision, openedAt, closedAt }) => {
      return { id, awardId, forMonth, status, openedFen, openFen, decision, openedAt, closedAt }
    })
}

/** What the bank answered; an instruction still under way, or taken back, has not happened to anybody. */
export function paymentEvents(payments: readonly FilePayment[]): FileEvent[] {
  const told = payments.filter(({ status }) => status !== 'in_flight' && status !== 'cancelled')
  return told.map(({ id, forMonth, fen, status, reason, payeeName, statusAt }) => ({
    ...{ id: `payment:${id}`, kind: 'money', at: statusAt, fen, by: null },
    title: `${forMonth} 款项${PAYMENT_TITLES[status]}`,
    text: `${formatYuan(fen)} 元，收款人${payeeName}${reason === null ? '' : `，${reason}`}。`,
    source: { kind: 'instruction', id },
  }))
}

export function holdEvents(holds: readonly FileHold[]): FileEvent[] {
  return holds.map(({ id, fromMonth, cause, evidence, setBy, recordedAt, isLifting, liftedWhy }) => ({
    ...{ id: `hold:${id}`, kind: 'money', at: recordedAt, fen: null, by: setBy },
    title: isLifting ? '解除暂缓发放' : '暂缓发放',
    text: isLifting
      ? `原因：${liftedWhy ?? '未写明'}。`
      : maskNumbersIn(`自 ${fromMonth} 起。原因：${cause}。依据：${evidence}。`),
    source: { kind: 'hold', id },
  }))
}

const CLOSED: Readonly<Record<string, string>> = {
  ...{ arrears: '由以后的补发抵平', receipt: '已退回', offset: '已抵扣', write_off: '已核销' },
  ...{ return: '银行退回后不再欠', run_cancelled: '核算撤销后不再欠' },
}

export function claimEvents(claims: readonly FileClaim[]): FileEvent[] {
  return claims.flatMap((claim) => {
    const { id, forMonth, openedFen, openedAt, decidedAt, decidedBy, decision, closedAt, closedBy } = claim
    const base = { kind: 'money' as const, source: { kind: 'claim' as const, id } }
    const opened: FileEvent = {
      ...{
        ...base,
        id: `claim:${id}`,
        at: openedAt,
        fen: openedFen,
        by: null,
        title: `${forMonth} 多发，待追回`,
      },
      text: `多发 ${formatYuan(openedFen)} 元。`,
    }
    const decided: FileEvent[] =
      decidedAt === null
        ? []
        : [
            {
              ...{ ...base, id: `claim-decided:${id}`, at: decidedAt, fen: null, by: decidedBy },
              ...{ title: `${forMonth} 多发款项的追回决定`, text: `${decision ?? ''}。` },
            },
          ]
    const closed: FileEvent[] =
      closedAt === null
        ? []
        : [
            {
              ...{ ...base, id: `claim-closed:${id}`, at: closedAt, fen: null, by: null },
              ...{ title: `${forMonth} 多发款项了结`, text: `${CLOSED[closedBy ?? ''] ?? '已了结'}。` },
            },
          ]
    return [opened, ...decided, ...closed]
  })
}

export function receiptEvents(receipts: readonly FileReceipt[]): FileEvent[] {
  return receipts.map(({ id, fen, receivedOn, paper, receivedBy, recordedAt, claimId }) => ({
    ...{ id: `receipt:${id}`, kind: 'money', at: recordedAt, fen, by: receivedBy, title: '收到退款' },
    text: `${receivedOn} 收到 ${formatYuan(fen)} 元，凭据：${paper}。`,
    source: { kind: 'claim', id: claimId },
  }))
}
