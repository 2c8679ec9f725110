import { explainGoLiveEndpoint, type GoLiveShown } from '../../../server/engines/golive/golive-view.schema.ts'
import { COMPARE_TITLES, Reason, type CompareState } from '../../../server/engines/golive/project.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { Select, TextBox } from '../../ui/Field.tsx'

const EMPTY = { reason: 'old_error', note: '' }
const SAID = statesBy<typeof EMPTY>({ reason: '原因', note: '情况' })

interface ExplainProps {
  projectId: string
  reasons: GoLiveShown['reasons']
  /** None = every line of the state that is not explained yet. */
  ids: readonly string[]
  state: CompareState | undefined
  onClose: () => void
}

/** One reason for the chosen lines, or for all that have none. */
export function GoLiveExplain({ projectId, reasons, ids, state, onClose }: ExplainProps) {
  const { county } = useAsker()
  const form = useKept('golive.explain', EMPTY, { subject: projectId, states: SAID })
  const { note } = form.value
  const reason = Reason.catch('old_error').parse(form.value.reason)
  const explain = useCommand(explainGoLiveEndpoint, onClose, form)
  const ofState = state === undefined || state === 'equal' ? undefined : state
  const whom =
    ids.length > 0
      ? `选中的 ${ids.length} 行都写明这个原因。`
      : `${ofState ? `“${COMPARE_TITLES[ofState]}”里` : '全部'}还没有说明的行，一起写明这个原因。`
  return (
    <Confirm
      title="说明差额"
      verb="写明"
      onAct={() =>
        explain.mutate({
          ...{ county, projectId, reason, note: note.trim() },
          ...(ids.length > 0 ? { ids: [...ids] } : ofState ? { state: ofState } : {}),
        })
      }
      onClose={onClose}
      isBusy={explain.isPending}
      missing={
        ids.length > 500 ? '一次最多选 500 行' : note.trim().length < 2 ? '请写明核对的情况' : undefined
      }
      error={explain.error}
      form={form}
    >
      <p className="ink2">{whom}</p>
      <Select
        label="原因"
        value={reason}
        choices={reasons.map(({ key, title }) => ({ key, title }))}
        note={reasons.find(({ key }) => key === reason)?.note}
        onChange={(key) => form.set({ reason: key })}
      />
      <TextBox
        label="核对的情况，签认的人会看到"
        value={note}
        onChange={(text) => form.set({ note: text })}
      />
    </Confirm>
  )
}
