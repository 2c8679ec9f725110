import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'
import { previewStandardsEndpoint } from '../../../server/engines/benefits/preview.schema.ts'
import {
  listStandardsEndpoint,
  proposeStandardsEndpoint,
  type Standard,
} from '../../../server/engines/benefits/standard.schema.ts'
import { useCommand, useEndpoint } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { useKept } from '../../app/kept.ts'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { signedMoney } from '../../ui/format.ts'
import { KeptAt, KeptNotice } from '../../ui/KeptNotice.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { yuanOf } from '../../ui/yuan.ts'
import { draftOf, EMPTY_FORM, formStates, keyOfStandard, problemOf, type WhatIfForm } from './what-if-form.ts'
import { WhatIfResult } from './WhatIfResult.tsx'

const route = getRouteApi('/standards/new')

/** New standards tried on the live decisions before anybody signs: what changes at the left, the effect beside it. */
export function WhatIfPage() {
  const { policy } = route.useSearch()
  return policy === undefined ? <Writing /> : <Waiting policyId={policy} />
}

function BackToStandards() {
  return (
    <>
      设置 / <Link to="/standards">标准</Link>
    </>
  )
}

/** One that waits for publication: only looked at. */
function Waiting({ policyId }: { policyId: string }) {
  const { county } = useAsker()
  const preview = useEndpoint(previewStandardsEndpoint, { county, policyId })
  return (
    <Page title="待发布的新标准：试算" crumb={<BackToStandards />}>
      {preview.isPending && <Loading rows={10} />}
      {preview.error && <Problem error={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.data && <WhatIfResult result={preview.data} asked={{ county, policyId }} isOld={false} />}
    </Page>
  )
}

function Writing() {
  const { county } = useAsker()
  const navigate = useNavigate()
  const standards = useEndpoint(listStandardsEndpoint, { county })
  const rates = (standards.data?.standards ?? []).filter(
    ({ kind, now, isOverridden }) => kind === 'rate' && typeof now?.fen === 'number' && !isOverridden,
  )
  const form = useKept('standards.new', EMPTY_FORM, { states: (typed) => formStates(typed, rates) })
  const draft = draftOf(form.value, rates)
  const asked = useDeferredValue(JSON.stringify(draft))
  const preview = useEndpoint(
    previewStandardsEndpoint,
    { county, draft: asked === undefined ? undefined : (JSON.parse(asked) as NonNullable<typeof draft>) },
    { isEnabled: asked !== undefined },
  )
  const propose = useCommand(proposeStandardsEndpoint, () => navigate({ to: '/standards' }), form)
  const problem = problemOf(form.value, draft)
  const send = () => draft && !problem && !propose.isPending && propose.mutate({ county, ...draft })
  useKeys({ F8: send })
  return (
    <Page
      title={form.value.from ? `先试一试：新标准从 ${form.value.from} 起` : '先试一试新标准'}
      crumb={<BackToStandards />}
      aside={<KeptAt form={form} />}
    >
      <div className="stack">
        <KeptNotice form={form} />
        {standards.isPending && <Loading rows={10} />}
        {standards.error && <Problem error={standards.error} onRetry={() => void standards.refetch()} />}
        {standards.data && rates.length === 0 && (
          <Blank title="还没有标准可以试算">
            <p>先由管理员用政策文件导入现行标准，由另一人发布；有了现行标准，才算得出谁变多、谁变少。</p>
            <Link className="btn" to="/standards">
              看标准
            </Link>
          </Blank>
        )}
        {rates.length > 0 && (
          <div className="what-if">
            <div className="stack">
              <Inputs rates={rates} form={form.value} onChange={form.change} />
              <Document form={form.value} onChange={form.change} />
              <section className="sheet pad">
                {propose.error && (
                  <p className="notice notice-bad" role="alert">
                    {propose.error.message}
                  </p>
                )}
                <button
                  className="btn btn-1"
                  type="button"
                  aria-disabled={problem !== undefined}
                  onClick={send}
                >
                  {propose.isPending ? '正在提交…' : '交另一人发布'} <kbd>F8</kbd>
                </button>
                <p className="mini" aria-live="polite">
                  {problem ?? '提交后由有发布权限的另一人发布；在那之前什么都不变。'}
                </p>
              </section>
            </div>
            <div>
              {preview.error && <Problem error={preview.error} onRetry={() => void preview.refetch()} />}
              {preview.isFetching && !preview.data && <Loading rows={8} />}
              {preview.data && (
                <WhatIfResult
                  result={preview.data}
                  asked={{ county, ...(draft ? { draft } : {}) }}
                  isOld={preview.isFetching || asked !== JSON.stringify(draft)}
                />
              )}
              {!draft && (
                <p className="notice">
                  填好生效月和至少一项新标准，这里就会算出谁变多、谁变少、各镇多少钱、要补发多少。
                </p>
              )}
            </div>
          </div>
        )}
      </div>
    </Page>
  )
}

interface PartProps {
  form: WhatIfForm
  onChange: (form: WhatIfForm) => void
}

function Inputs({ rates, form, onChange }: PartProps & { rates: readonly Standard[] }) {
  return (
    <section className="sheet">
      <header>
        <h2>改什么</h2>
        <span className="mini">只填要改的，单位元</span>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">标准</th>
            <th scope="col" className="r">
              现行
            </th>
            <th scope="col" className="r">
              新
            </th>
            <th scope="col" className="r">
              差
            </th>
          </tr>
        </thead>
        <tbody>
          {rates.map((standard) => {
            const key = keyOfStandard(standard)
            const typed = form.values[key] ?? ''
            const fen = yuanOf(typed)
            const now = standard.now?.fen ?? 0
            return (
              <tr key={key}>
                <td className="wrap">
                  {standard.title}
                  <div className="mini">
                    {standard.programTitle}，{standard.unit}
                  </div>
                </td>
                <td className="r">{standard.now?.text}</td>
                <td className="r">
                  <input
                    className="field money-field"
                    inputMode="decimal"
                    aria-label={`${standard.programTitle}${standard.title}新标准，元`}
                    aria-invalid={typed !== '' && fen === undefined}
                    value={typed}
                    onChange={(event) =>
                      onChange({ ...form, values: { ...form.values, [key]: event.target.value } })
                    }
                  />
                </td>
                <td className="r">{fen === undefined ? '' : signedMoney(fen - now)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <div className="pad">
        <label className="type">
          生效月
          <input
            className="field wide"
            type="month"
            value={form.from}
            onChange={(event) => onChange({ ...form, from: event.target.value })}
          />
        </label>
      </div>
    </section>
  )
}

function Document({ form, onChange }: PartProps) {
  const [isAsked, setAsked] = useState(false)
  const isOpen = isAsked || form.title !== '' || form.number !== '' || form.issuedOn !== ''
  const fields = [
    { name: 'title', label: '文件名称', type: 'text' },
    { name: 'number', label: '文号', type: 'text' },
    { name: 'issuedOn', label: '印发日', type: 'date' },
  ] as const
  return (
    <section className="sheet pad">
      <div className="hs">
        <h2>依据</h2>
        <span className="grow" />
        {!isOpen && (
          <button className="btn btn-s" type="button" onClick={() => setAsked(true)}>
            填文件
          </button>
        )}
      </div>
      {isOpen &&
        fields.map(({ name, label, type }) => (
          <label key={name} className="form">
            {label}
            <input
              className="field"
              type={type}
              value={form[name]}
              onChange={(event) => onChange({ ...form, [name]: event.target.value })}
            />
          </label>
        ))}
    </section>
  )
}
