import { Link } from '@tanstack/react-router'
import type { z } from 'zod'
import {
  createBatchEndpoint,
  getBatchChoicesEndpoint,
} from '../../../server/engines/funds/batch-view.schema.ts'
import { useCommand, useEndpoint } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { useToday } from '../../app/known-day.ts'
import { Page } from '../../app/Page.tsx'
import { PersonName } from '../../app/PersonName.tsx'
import { useAsker } from '../../app/session.tsx'
import { Act } from '../../ui/Act.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { Field, Select } from '../../ui/Field.tsx'
import { count, money } from '../../ui/format.ts'
import { KeptAt, KeptNotice } from '../../ui/KeptNotice.tsx'
import { Problem } from '../../ui/Problem.tsx'

interface BatchForm {
  group: string
  title: string
  year: string
  layout: string
  upTo: string
}

const EMPTY: BatchForm = { group: '', title: '', year: '', layout: '', upTo: '' }
const SAID = statesBy<BatchForm>({
  ...{ group: '项目', title: '批次名称', year: '预算年度', layout: '银行文件格式', upTo: '只发到' },
})
type Made = z.infer<typeof createBatchEndpoint.output>

/** Everything that may be paid now is put into one batch; what stays out is named. */
export function BatchNewPage() {
  const { county } = useAsker()
  const form = useKept('batch.new', EMPTY, { states: SAID })
  const choices = useEndpoint(getBatchChoicesEndpoint, { county })
  const thisYear = useToday()?.slice(0, 4)
  const create = useCommand(createBatchEndpoint, undefined, form)
  const { group, title, year, layout, upTo } = withDefaults(form.value, choices.data, thisYear)
  const missing = missingIn({ group, title, year, layout, upTo })
  const send = () => {
    if (missing !== undefined || create.isPending || create.data) return
    create.mutate({
      ...{ county, programGroup: group, title: title.trim(), fiscalYear: Number(year), layout },
      ...(upTo === '' ? {} : { upToMonth: upTo }),
    })
  }
  useKeys({ F8: send })
  const change = form.set
  return (
    <Page title="编制批次" crumb={<Crumb />}>
      {choices.isPending && <Loading />}
      {choices.error && <Problem error={choices.error} onRetry={() => void choices.refetch()} />}
      {choices.data && create.data && <Answer made={create.data} onAgain={create.reset} />}
      {choices.data && !create.data && (
        <div className="stack">
          <KeptNotice form={form} />
          <div className="what-if">
            <section className="sheet pad">
              <Select
                label="哪一组项目"
                value={group}
                choices={choices.data.groups}
                onChange={(chosen) => change({ group: chosen })}
              />
              <Field
                label="批次名称"
                value={title}
                isFirst
                note="银行和审批人会看到，如“11 月低保、特困发放”"
                onChange={(text) => change({ title: text })}
              />
              <Field
                label="占用哪一年的预算"
                value={year}
                isNumber
                note="按支付的年度，不是款项所属的年度"
                onChange={(text) => change({ year: text.trim() })}
              />
              <Select
                label="银行文件格式"
                value={layout}
                choices={choices.data.layouts}
                onChange={(chosen) => change({ layout: chosen })}
              />
              <Field
                label="只发到哪个月（可不填）"
                type="month"
                value={upTo}
                note="不填：已发布、未暂缓、有账户的款项全部编入"
                onChange={(month) => change({ upTo: month })}
              />
              {create.error && (
                <p className="notice notice-bad" role="alert">
                  {create.error.message}
                </p>
              )}
              <div className="hs">
                <Act
                  title="编制批次"
                  hotkey="F8"
                  isMain
                  isBusy={create.isPending}
                  reason={missing}
                  onPress={send}
                />
                <KeptAt form={form} />
              </div>
            </section>
            <What />
          </div>
        </div>
      )}
    </Page>
  )
}

/** What a batch takes in, before it is made. */
function What() {
  return (
    <section className="sheet pad">
      <h2>什么会编进来</h2>
      <dl className="kv">
        <dt>编进来</dt>
        <dd>这一组项目里已发布、还没付的每一笔：当月、补发，和上次退回后可以再付的</dd>
        <dt>先不编</dt>
        <dd>暂缓发放的，解除后进入下一批</dd>
        <dt>编不进来</dt>
        <dd>没有收款账户的，编好后逐笔列出，补录账户后进入下一批</dd>
        <dt>多发的</dt>
        <dd>同一待遇同一月份先自动抵扣，余下的列在“应追回款”</dd>
        <dt>接下来</dt>
        <dd>由另一位负责人审批，那时才占用预算；编制的人不能审批</dd>
      </dl>
    </section>
  )
}

function Crumb() {
  return (
    <>
      资金 / <Link to="/batches">发放批次</Link>
    </>
  )
}

type Choices = z.infer<typeof getBatchChoicesEndpoint.output>

/** What the office would choose nearly every time. */
function withDefaults(
  form: BatchForm,
  choices: Choices | undefined,
  thisYear: string | undefined,
): BatchForm {
  return {
    ...form,
    group: form.group || (choices?.groups[0]?.key ?? ''),
    layout: form.layout || (choices?.layouts[0]?.key ?? ''),
    year: form.year || (thisYear ?? ''),
  }
}

function missingIn({ group, title, year, layout }: BatchForm): string | undefined {
  if (title.trim().length < 2) return '先填批次名称'
  if (!/^2\d{3}$/.test(year)) return '年度应为四位数字'
  if (group === '' || layout === '') return '先选项目和银行文件格式'
  return undefined
}

function Answer({ made, onAgain }: { made: Made; onAgain: () => void }) {
  const { batchNo, lines, totalFen, held, missingAccounts, missingAccount } = made
  return (
    <div className="stack">
      <section className="sheet pad" role="status">
        <h2>
          第 {batchNo} 批已编好：{count(lines)} 笔，{money(totalFen)} 元
        </h2>
        <dl className="kv">
          <dt>暂缓未编入</dt>
          <dd>
            {held.lines === 0
              ? '没有'
              : `${count(held.lines)} 笔，${money(held.fen)} 元；解除暂缓后进入下一批`}
          </dd>
          <dt>缺收款账户</dt>
          <dd>
            {missingAccounts.lines === 0
              ? '没有'
              : `${count(missingAccounts.lines)} 笔，${money(missingAccounts.fen)} 元；补录账户后进入下一批`}
          </dd>
        </dl>
        <div className="hs">
          <Link className="btn btn-1" to="/batches/$batchNo" params={{ batchNo: String(batchNo) }}>
            打开第 {batchNo} 批
          </Link>
          {held.lines > 0 && (
            <Link className="btn" to="/holds">
              看暂缓
            </Link>
          )}
          <button className="btn" type="button" onClick={onAgain}>
            再编一批
          </button>
        </div>
      </section>
      {missingAccount.length > 0 && <MissingAccounts made={made} />}
    </div>
  )
}

function MissingAccounts({ made: { missingAccount, missingAccounts } }: { made: Made }) {
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>没有收款账户，这次没编进来</h2>
        {missingAccounts.lines > missingAccount.length && (
          <span className="mini">先列 {missingAccount.length} 笔</span>
        )}
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">收款人</th>
            <th scope="col">所属月份</th>
            <th scope="col" className="r">
              金额（元）
            </th>
          </tr>
        </thead>
        <tbody>
          {missingAccount.map(({ awardId, forMonth, fen, payeeKind, payeeId }) => (
            <tr key={`${awardId}${forMonth}`}>
              <td>
                {payeeKind === 'person' && payeeId !== null ? (
                  <PersonName id={payeeId} fullName="打开人员档案" />
                ) : payeeKind === 'organisation' ? (
                  '供养机构'
                ) : (
                  '没有定收款人'
                )}
              </td>
              <td>{forMonth}</td>
              <td className="r">{money(fen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
