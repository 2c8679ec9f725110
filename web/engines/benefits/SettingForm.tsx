import { proposeStandardsEndpoint } from '../../../server/engines/benefits/standard.schema.ts'
import type { Setting } from '../../../server/engines/benefits/setting.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { Field, Select } from '../../ui/Field.tsx'
import { yuanOf, yuanText } from '../../ui/yuan.ts'

const EMPTY = { value: '', from: '', document: '', number: '' }

/** A value that is chosen is said by its title. */
function statesFor({ choices }: Setting) {
  const titles = Object.fromEntries(choices.map((each) => [each.value, each.title]))
  return statesBy<typeof EMPTY>({
    ...{ value: ['改成', titles], from: '从哪天起', document: '依据的文件', number: '文号' },
  })
}

/** A new value of one setting, on a document, from a day; it waits for a second person. */
export function SettingForm({ setting, onClose }: { setting: Setting; onClose: () => void }) {
  const { county } = useAsker()
  const { program, programTitle, key, title, kind, choices, now, unset } = setting
  const form = useKept('setting.new', EMPTY, { subject: `${program}.${key}`, states: statesFor(setting) })
  const { value, from, document, number } = form.value
  const change = form.set
  const propose = useCommand(proposeStandardsEndpoint, onClose, form)
  const isAmount = kind === 'yuan'
  const fen = isAmount ? yuanOf(value) : undefined
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
      settings: [{ program, key, value: fen === undefined ? value : yuanText(fen), from }],
    })
  return (
    <Confirm
      title={`更改 ${programTitle} ${title}`}
      verb="提出"
      onAct={submit}
      onClose={onClose}
      isBusy={propose.isPending}
      error={propose.error}
      form={form}
      missing={missing}
    >
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
