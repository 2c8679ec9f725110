import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { getPersonEndpoint } from '../../../server/engines/registry/person-file.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { PageWithout, useTitle } from '../../app/Page.tsx'
import { PrintButton } from '../../app/printing.tsx'
import { useAsker } from '../../app/session.tsx'
import { Icon } from '../../ui/Icon.tsx'
import type { PersonFile } from './person-shown.ts'
import { PersonFacts } from './PersonFacts.tsx'
import { PersonMoney } from './PersonMoney.tsx'
import { PersonNow } from './PersonNow.tsx'
import { PersonReveal } from './PersonReveal.tsx'
import { PersonTimeline } from './PersonTimeline.tsx'
import { PersonViewers } from './PersonViewers.tsx'
import { PersonWhy } from './PersonWhy.tsx'

const route = getRouteApi('/people/$personId')
const TABS = { overview: '总览', money: '待遇与钱', facts: '登记情况', viewers: '谁看过' } as const
type Tab = keyof typeof TABS

/** 一人一档. The day looked at stands in the address, so that a file as it was can be kept and sent. */
export function PersonPage() {
  const { county } = useAsker()
  const { personId } = route.useParams()
  const { on, known } = route.useSearch()
  const file = useEndpoint(getPersonEndpoint, { county, personId, on, known })
  useTitle('一人一档')
  if (!file.data)
    return (
      <PageWithout
        title="一人一档"
        crumb={
          <>
            人与户 / <Link to="/people">找人</Link>
          </>
        }
        reading={file}
      />
    )
  return <File file={file.data} />
}

function File({ file }: { file: PersonFile }) {
  const [tab, setTab] = useState<Tab>('overview')
  const [why, setWhy] = useState<string>()
  const keys = Object.keys(TABS) as Tab[]
  useKeys(Object.fromEntries(keys.map((key, index) => [`Alt+${index + 1}`, () => setTab(key)])))
  const chosen =
    file.money?.awards.find(({ id }) => id === why) ?? file.money?.awards.find(({ amount }) => amount)
  return (
    <>
      <Head file={file} />
      {file.summary.length > 0 && (
        <p className="one">
          <b>两分钟看懂</b>
          {file.summary.map(({ text }) => text).join('')}
          <span className="mini">按规则生成，每句有出处</span>
        </p>
      )}
      <div className="person-tabs">
        <div className="tabs" role="tablist" aria-label="档案的部分">
          {keys.map((key, index) => (
            <button
              key={key}
              role="tab"
              type="button"
              id={`tab-${key}`}
              aria-selected={key === tab}
              aria-controls="person-part"
              aria-keyshortcuts={`Alt+${index + 1}`}
              onClick={() => setTab(key)}
            >
              {TABS[key]}
            </button>
          ))}
        </div>
        <DayChooser file={file} />
      </div>
      <div className="page-body flush" id="person-part" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === 'overview' && (
          <div className="person">
            <PersonNow file={file} onWhy={setWhy} />
            <PersonTimeline
              personId={file.person.id}
              months={file.money?.months}
              paidFen={file.money?.paidFen}
            />
            {chosen && <PersonWhy key={chosen.id} award={chosen} />}
          </div>
        )}
        {tab === 'money' && <PersonMoney file={file} />}
        {tab === 'facts' && <PersonFacts facts={file.facts} />}
        {tab === 'viewers' && <PersonViewers personId={file.person.id} />}
      </div>
    </>
  )
}

const SEX = { male: '男', female: '女' } as const

function Head({ file: { person, tags, mergedFrom, alsoKnownAs, may } }: { file: PersonFile }) {
  const { mayDo } = useAsker()
  const { fullName, sex, age, bornOn, diedOn, idNumber, phone, town, village } = person
  return (
    <div className="page-head">
      <div className="face" aria-hidden="true">
        <Icon name="user" isLarge />
      </div>
      <div className="grow">
        <div className="hs wrap">
          <h1>{fullName}</h1>
          <span className="ink2">{sex === null ? '性别未登记' : SEX[sex]}</span>
          <span className="ink2">{age === null ? '年龄未登记' : `${age} 岁`}</span>
          <span className="ink2">{bornOn?.slice(0, 7)}</span>
          {diedOn && <span className="tag">{diedOn} 去世</span>}
          {tags.map(({ key, title }) => (
            <span className="tag" key={key}>
              {title}
            </span>
          ))}
        </div>
        <div className="hs wrap ink2 ids">
          <span className="mono">{idNumber ?? '无证件号码'}</span>
          <span className="mono">{phone ?? '无电话'}</span>
          <span>{[town?.name ?? town?.code, village?.name ?? village?.code].filter(Boolean).join(' ')}</span>
          {may.reveal && <PersonReveal personId={person.id} />}
        </div>
        {(mergedFrom ?? alsoKnownAs.length > 0) && (
          <p className="mini">
            {mergedFrom ? '您打开的是已并入本档的记录，这里是合并后的档案。' : ''}
            另有 {alsoKnownAs.length} 份记录已并入本档。
          </p>
        )}
      </div>
      {mayDo('social_assistance.aid.grant') && diedOn === null && (
        <Link className="btn" to="/aids/new" search={{ person: person.id }}>
          办临时救助
        </Link>
      )}
      <PrintButton />
    </div>
  )
}

/** As it was on a day; as known at the end of a day. */
function DayChooser({ file: { asOf, person } }: { file: PersonFile }) {
  const { on, known } = route.useSearch()
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(on !== undefined || known !== undefined)
  const go = (search: { on?: string | undefined; known?: string | undefined }) =>
    void navigate({
      to: '/people/$personId',
      params: { personId: person.id },
      search: { ...(search.on ? { on: search.on } : {}), ...(search.known ? { known: search.known } : {}) },
    })
  if (!isOpen)
    return (
      <div className="asof">
        <Icon name="clock" />
        <span className="ink2">按今天看</span>
        <button className="btn btn-0" type="button" onClick={() => setOpen(true)}>
          换一个日子
        </button>
      </div>
    )
  return (
    <div className="asof">
      <label>
        看哪一天{' '}
        <input
          className="field"
          type="date"
          value={on ?? asOf.on}
          onChange={(event) => go({ on: event.target.value || undefined, known })}
        />
      </label>
      <label>
        按哪天已知{' '}
        <input
          className="field"
          type="date"
          value={known?.slice(0, 10) ?? ''}
          onChange={(event) => go({ on, known: event.target.value || undefined })}
        />
      </label>
      <Link
        to="/people/$personId"
        params={{ personId: person.id }}
        search={{}}
        onClick={() => setOpen(false)}
      >
        回到今天
      </Link>
      {(on ?? known) && <span className="tag">不是今天的样子</span>}
    </div>
  )
}
