import { useState } from 'react'
import { checkImportEndpoint, type ImportShown } from '../../../server/engines/imports/batch-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { useToday } from '../../app/known-day.ts'
import { useAsker } from '../../app/session.tsx'
import { Act } from '../../ui/Act.tsx'
import { Field, Select } from '../../ui/Field.tsx'

type Columns = ImportShown['columns']

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
  const [columns, setColumns] = useState<Columns>(shown.columns)
  const [on, setOn] = useState(options.on ?? '')
  const [bankCode, setBankCode] = useState(options.bankCode)
  const check = useCommand(checkImportEndpoint, onSent)
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
  const choices = headers.map((header, index) => ({
    key: String(index),
    title: `第 ${index + 1} 列 ${header.trim() === '' ? '（没有表头）' : header}`,
  }))
  return (
    <section className="sheet pad">
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
            onChange={(chosen) => setColumns(withColumn(columns, key, chosen))}
          />
        ))}
        {dated && (
          <Field
            label={dated.label}
            type="date"
            value={on === '' ? (today ?? '') : on}
            note={dated.note}
            onChange={setOn}
          />
        )}
        {columns['account'] !== undefined && (
          <Field
            label="开户行代码"
            value={bankCode}
            note="同一份名册的账户同属一家银行；可不填"
            onChange={setBankCode}
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
      </div>
    </section>
  )
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
