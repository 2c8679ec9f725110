import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import { MonthText as Month } from './award.schema.ts'
import { OneRun } from './run-view.schema.ts'
import { AnswerFinding, RejectRun } from './run.schema.ts'

/** Asked for; `getRunEndpoint` tells what became of it. */
function waiting<Step extends string>(step: Step) {
  return z.object({ runNo: z.number().int(), step: z.literal(step), status: z.literal('waiting') })
}

export const startRunEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/runs',
  title: '开始一次核算：取知情时点，后台计算',
  input: z.object({
    county: County,
    group: z.string().min(1).max(60),
    month: Month,
    isFull: z.boolean().default(false),
  }),
  output: z.object({ runNo: z.number().int(), status: z.literal('computing') }),
})

export const checkRunEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/runs/:runNo/check',
  title: '复核通过',
  input: OneRun,
  output: z.object({ runNo: z.number().int(), status: z.literal('checked') }),
})

export const approveRunEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/runs/:runNo/approve',
  title: '审批通过',
  input: OneRun,
  output: z.object({ runNo: z.number().int(), status: z.literal('approved') }),
})

export const publishRunEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/runs/:runNo/publish',
  title: '发布：提交后台办理',
  input: OneRun,
  output: waiting('publish'),
})

export const rejectRunEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/runs/:runNo/reject',
  title: '退回：写明原因，提交后台办理',
  input: OneRun.extend({ reason: RejectRun.shape.reason }),
  output: waiting('reject'),
})

export const cancelRunEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/runs/:runNo/cancel',
  title: '撤销已发布的核算：提交后台办理',
  input: OneRun,
  output: waiting('cancel'),
})

export const answerFindingEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/runs/:runNo/answer',
  title: '对“更正过多”写明理由',
  input: OneRun.extend({ kind: AnswerFinding.shape.kind, answer: AnswerFinding.shape.answer }),
  output: z.object({ runNo: z.number().int(), answered: z.number().int() }),
})
