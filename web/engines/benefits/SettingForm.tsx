import { proposeStandardsEndpoint } from '../../../server/engines/benefits/standard.schema.ts'
import type { Setting } from '../../../server/engines/benefits/setting.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useKept } from '../../app/kept.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { Field, Select } from '../../ui/Field.tsx'
import { fenOf, money } from '../../ui/format.ts'
import { KeptNotice } from '../../ui/KeptNotice.tsx'

const EMPTY = { value: '', from: '', document: '', number: '' }

/** A new value of one setting, on a document, from a day; it waits for a second person. */
export function SettingForm({ setting, onClose }: { setting: Setting; onClose: () => void }) {
  const { county } = useAsker()
  const { program, programTitle, key, title, kind, choices, now, unset } = setting
  const form = useKept(`setting.${county}.${program}.${key}`, EMPTY)
  const { value, from, document, number } = form.value
  const change = (part: Partial<typeof EMPTY>) => form.change({ ...form.value, ...part })
  const propose = useCommand(proposeStandardsEndpoint, () => {
    form.done()
    onClose()
  })
  const isAmount = kind === 'yuan'
  const fen = isAmount ? fenOf(value) : undefined
  const isWrong = isAmount && value !== '' && fen === undefined
  const missing =
    (value === '' ? '先填新的值' : undefined) ??
    (isWrong ? '金额以元为单位，最多两位小数' : undefined) ??
    (from === '' ? '先选从哪天起' : undefined) ??
    (document.trim() === '' ? '先填依据的文件' : undefined)
  const submit = () =>
    propose.mutate({
      ...{ county, title: `${programTitle}：${title}` },
      document: { title: document.trim(), ...(number.trim() === '' ? {} : { number: number.trim() }) },
      settings: [{ program, key, value: fen === undefined ? value : money(fen).replaceAll(',', ''), from }],
    })
  return (
    <Confirm
      title={`更改 ${programTitle} ${title}`}
      verb="提出"
      onAct={submit}
      onClose={onClose}
      isBusy={propose.isPending}
      error={propose.error}
      missing={missing}
    >
      <KeptNotice found={form.found} />
      <p className="ink2">现在：{now ? `${now.text}（${now.from} 起）` : unset}</p>
      {isAmount ? (
        <Field
          label="改成（元）"
          value={value}
          isNumber
          isFirst
          isInvalid={isWrong}
          onChange={(text) => change({ value: text })}
        />
      ) : (
        <Select
          label="改成"
          none="请选择"
          value={value}
          choices={choices.map((each) => ({ key: each.value, title: each.title }))}
          onChange={(next) => change({ value: next })}
        />
      )}
      <Field label="从哪天起" type="date" value={from} onChange={(text) => change({ from: text })} />
      <Field label="依据的文件" value={document} onChange={(text) => change({ document: text })} />
      <Field
        label="文号"
        value={number}
        note="没有文号的，列为本地规定"
        onChange={(text) => change({ number: text })}
      />
      <p className="mini">提出后由另一人在本页发布；发布以前什么也不变。</p>
    </Confirm>
  )
}
