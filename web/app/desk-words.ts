import type { z } from 'zod'
import type { getInboxEndpoint } from '../../server/platform/inbox.schema.ts'
import type { Tone } from '../ui/Chip.tsx'

export type DeskGroup = z.infer<typeof getInboxEndpoint.output>['groups'][number]
export type DeskItem = DeskGroup['items'][number]

/** A row of the desk. */
export interface Waiting extends DeskItem {
  key: string
  kind: string
}

interface DeskWords {
  /** The next act. */
  verb: string
  state: { tone: Tone; word: string }
  /** What to do, and what happens when nobody does. */
  todo: string
  else: string
}

const WORDS: Readonly<Record<string, DeskWords>> = {
  determination_check: {
    verb: '复核',
    state: { tone: 'wait', word: '待复核' },
    todo: '打开这份认定，对照现在和拟定的内容、金额和条款；对的复核通过，不对的写明原因退回。',
    else: '认定不生效，以后各月仍按原来的内容发放；已到起始月的，差额要等复核后再补发或追回。',
  },
  run_check: {
    verb: '复核',
    state: { tone: 'wait', word: '待复核' },
    todo: '看“比上月多少、为什么”，抽查几笔，再签复核。',
    else: '这个月不能审批和发放，全县这一组的人当月拿不到钱。',
  },
  run_approve: {
    verb: '审批',
    state: { tone: 'wait', word: '待审批' },
    todo: '看清变化、待处理事项和资金，输入笔数后审批。',
    else: '这个月不能发布，也就不能发放。',
  },
  run_publish: {
    verb: '发布',
    state: { tone: 'go', word: '待发布' },
    todo: '打开核算，按发布；金额从此记入应付。',
    else: '资金岗看不到这个月的应付，做不了发放批次。',
  },
  standard_publish: {
    verb: '看试算',
    state: { tone: 'wait', word: '待发布' },
    todo: '看试算：谁变多、谁变少、要补发多少；对的在“标准”页发布。',
    else: '新标准不生效，核算仍按旧标准；以后发布的，差额逐月补发。',
  },
  takeover_sign: {
    verb: '核对',
    state: { tone: 'wait', word: '待签字' },
    todo: '打开清单，看核对结果和各镇的户数、金额；对的输入户数后签字，不对的写明原因撤回。',
    else: '清单里的待遇不会接着发放。',
  },
  correction_decide: {
    verb: '决定',
    state: { tone: 'wait', word: '待决定' },
    todo: '打开更正，看改了什么、涉及谁、差多少；同意的决定，不同意的写明原因退回。',
    else: '涉及多发的月份暂不改动，核算会列为待处理，审批不了。',
  },
  aid_file: {
    verb: '备案',
    state: { tone: 'go', word: '待备案' },
    todo: '打开临时救助，勾选要报的几笔，一起报县备案。',
    else: '钱照常发放，但县里没有这几笔的备案，统计和检查会查到。',
  },
}

const OTHER: DeskWords = {
  verb: '看说明',
  state: { tone: 'wait', word: '待办' },
  todo: '从左边的导航打开对应的页面办理。',
  else: '事项一直留在这里，等您办理。',
}

export function deskWords(kind: string): DeskWords {
  return WORDS[kind] ?? OTHER
}
