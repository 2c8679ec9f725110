import { checkImportEndpoint, type ImportShown } from '../../../server/engines/imports/batch-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { useToday } from '../../app/known-day.ts'
import { useAsker } from '../../app/session.tsx'
import { Act } from '../../ui/Act.tsx'
import type { Stated } from '../../ui/stated.ts'
import { Field, Select } from '../../ui/Field.tsx'
import { KeptAt, KeptNotice } from '../../ui/KeptNotice.tsx'

type Columns = ImportShown['columns']

interface Filled {
  columns: Columns
  on: string
  bankCode: string
}

/** What the day beside the columns means, where a list has one. */
const DATED: Readonly<Record<string, { label: string; note: string }>> = {
  people: { label: '账户从哪天起用', note: '村（社区）也按这一天的区划找' },
  households: { label: '从哪天起同住', note: '没有“加入日期”一列时用这一天' },
}

/** Which column is what: guessed from the headers, confirmed or changed by the clerk, then everything is checked. */
export function ImportColumns({ shown, onSent }: { shown: ImportShown; onSent: () => void }) {
  const { county } = useAsker()
  const { batch, headers, headerRow, fields, options } = shown
  const today = useToday()
  const form = useKept<Filled>(
    'import.columns',
    { columns: shown.columns, on: options.on ?? '', bankCode: options.bankCode },
    { subject: batch.id, states: (filled) => statesIn(shown, filled) },
  )
  const { columns, on, bankCode } = form.value
  const check = useCommand(checkImportEndpoint, onSent, form)
  const missing = missingIn(shown, columns)
  const dated = DATED[batch.kind]
  const send = () => {
    if (missing !== undefined || check.isPending) return
    check.mutate({
      ...{ county, importId: batch.id, columns },
      ...(on === '' ? {} : { on }),
      ...(bankCode === '' ? {} : { bankCode }),
    })
  }
  useKeys({ F8: send })
  const choices = headers.map((_, index) => ({ key: String(index), title: columnTitle(shown, index) }))
  return (
    <section className="sheet pad">
      <KeptNotice form={form} />
      <h2>核对各列</h2>
      <p className="ink2">表头在第 {headerRow} 行。下面每一项选名册里的哪一列；没有的选“名册里没有”。</p>
      <div className="import-columns">
        {fields.map(({ key, title, isRequired }) => (
          <Select
            key={key}
            label={isRequired ? `${title}（必须有）` : title}
            value={columns[key] === undefined ? '' : String(columns[key])}
            choices={choices}
            none={isRequired ? '请选择' : '名册里没有'}
            onChange={(chosen) => form.set({ columns: withColumn(columns, key, chosen) })}
          />
        ))}
        {dated && (
          <Field
            label={dated.label}
            type="date"
            value={on === '' ? (today ?? '') : on}
            note={dated.note}
            onChange={(day) => form.set({ on: day })}
          />
        )}
        {columns['account'] !== undefined && (
          <Field
            label="开户行代码"
            value={bankCode}
            note="同一份名册的账户同属一家银行；可不填"
            onChange={(code) => form.set({ bankCode: code })}
          />
        )}
      </div>
      {check.error && (
        <p className="notice notice-bad" role="alert">
          {check.error.message}
        </p>
      )}
      <div className="hs">
        <Act title="检查" hotkey="F8" isMain isBusy={check.isPending} reason={missing} onPress={send} />
        <KeptAt form={form} />
      </div>
    </section>
  )
}

function columnTitle({ headers }: ImportShown, index: number): string {
  const header = headers[index]?.trim() ?? ''
  return `第 ${index + 1} 列 ${header === '' ? '（没有表头）' : header}`
}

/** What was chosen, as rows to be read. */
function statesIn(shown: ImportShown, { columns, on, bankCode }: Filled): Stated[] {
  const dated = DATED[shown.batch.kind]
  return [
    ...shown.fields.map(({ key, title }) => {
      const place = columns[key]
      return { label: title, text: place === undefined ? '（没有选）' : columnTitle(shown, place) }
    }),
    ...(dated ? [{ label: dated.label, text: on || '（当天）' }] : []),
    { label: '开户行代码', text: bankCode || '（空）' },
  ]
}

/** A column is one thing only: chosen anew, it is taken from where it was. */
function withColumn(columns: Columns, key: string, chosen: string): Columns {
  const rest = Object.entries(columns).filter(([field, place]) => field !== key && String(place) !== chosen)
  return Object.fromEntries(chosen === '' ? rest : [...rest, [key, Number(chosen)]])
}

function missingIn({ fields }: ImportShown, columns: Columns): string | undefined {
  const open = fields.filter(({ key, isRequired }) => isRequired && columns[key] === undefined)
  return open.length === 0 ? undefined : `先选哪一列是${open.map(({ title }) => title).join('、')}`
}
