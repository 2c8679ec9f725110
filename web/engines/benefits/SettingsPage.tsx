import { useState } from 'react'
import { listSettingsEndpoint, type Setting } from '../../../server/engines/benefits/setting.schema.ts'
import { listDraftsEndpoint } from '../../../server/engines/benefits/standard.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Configuration } from '../../platform/Configuration.tsx'
import { ReadinessCard } from '../../platform/ReadinessCard.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { minute } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'
import { DatedValues } from './DatedValues.tsx'
import { SettingForm } from './SettingForm.tsx'
import { StandardDraft } from './StandardDraft.tsx'

/** What the county has set for its programmes, and how this installation is configured. */
export function SettingsPage() {
  const { mayDo } = useAsker()
  return (
    <Page title="设置项" crumb="设置">
      <div className="stack">
        {mayDo('benefits.policy.read') && <OfPrograms />}
        {mayDo('platform.readiness.read') && <ReadinessCard />}
        {mayDo('platform.configuration.read') && <Configuration />}
      </div>
    </Page>
  )
}

function OfPrograms() {
  const { county } = useAsker()
  const [changing, setChanging] = useState<Setting>()
  const [opened, setOpened] = useState<Setting>()
  const list = useEndpoint(listSettingsEndpoint, { county })
  const drafts = useEndpoint(listDraftsEndpoint, { county })
  if (list.isPending) return <Loading rows={6} />
  if (list.error) return <Problem error={list.error} onRetry={() => void list.refetch()} />
  const { settings, may } = list.data
  const names = new Set(settings.map(({ program, title }) => `${program} ${title}`))
  const waiting = (drafts.data?.drafts ?? []).filter(({ items }) =>
    items.some(({ program, title }) => names.has(`${program} ${title}`)),
  )
  return (
    <>
      {drafts.error && <Problem error={drafts.error} onRetry={() => void drafts.refetch()} />}
      {waiting.map((draft) => (
        <StandardDraft key={draft.id} draft={draft} />
      ))}
      <section className="sheet scroll-x">
        <header>
          <h2>各项目的设置</h2>
          <span className="mini">一人提出，另一人发布后生效；早先核算过的月份由下一次核算补差</span>
        </header>
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">项目</th>
              <th scope="col">设置</th>
              <th scope="col">现行</th>
              <th scope="col">自</th>
              <th scope="col">依据</th>
              <th scope="col">由谁设定</th>
              <th scope="col">
                <span className="hidden">操作</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {settings.map((setting) => (
              <Row
                key={`${setting.program}.${setting.key}`}
                setting={setting}
                onOpen={() => setOpened(setting)}
                {...(may.propose ? { onChange: () => setChanging(setting) } : {})}
              />
            ))}
          </tbody>
        </table>
        {may.reason !== null && <p className="pad mini">{may.reason}；由县级经办提出，县级复核发布。</p>}
      </section>
      {changing && <SettingForm setting={changing} onClose={() => setChanging(undefined)} />}
      {opened && (
        <DatedValues
          title={`${opened.programTitle} ${opened.title}`}
          values={opened.history}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  )
}

interface RowProps {
  setting: Setting
  onOpen: () => void
  /** Absent: the reader proposes nothing. */
  onChange?: () => void
}

function Row({ setting, onOpen, onChange }: RowProps) {
  const { programTitle, title, now, unset, history, kind } = setting
  return (
    <tr>
      <td>{programTitle}</td>
      <td>
        <b>{title}</b>
      </td>
      <td>{now ? <b>{now.text}</b> : <span className="ink2">{unset}</span>}</td>
      <td>{now?.from ?? '—'}</td>
      <td className="wrap ink2">
        {now ? now.basis : '没有设置，按通行做法'} {now?.isLocal && '[本地规定]'}
      </td>
      <td className="ink2">
        {now?.recordedAt && (
          <>
            {now.proposedBy} 提出，{now.publishedBy} {minute(now.recordedAt)} 发布
          </>
        )}
      </td>
      <td className="r">
        <span className="hs end">
          {history.length > 0 && (
            <button className="btn btn-s" type="button" onClick={onOpen}>
              变化 {history.length}
            </button>
          )}
          {onChange && kind !== 'file' && (
            <button
              className="btn btn-s"
              type="button"
              aria-label={`更改 ${programTitle} ${title}`}
              onClick={onChange}
            >
              更改
            </button>
          )}
          {kind === 'file' && <span className="mini">用政策文件导入</span>}
        </span>
      </td>
    </tr>
  )
}
