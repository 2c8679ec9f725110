import { getRouteApi, Link } from '@tanstack/react-router'
import { getAwardEndpoint } from '../../../server/engines/benefits/award-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Blank } from '../../ui/Blank.tsx'
import { money, monthText } from '../../ui/format.ts'
import { Paper, PaperSigns } from '../../ui/Paper.tsx'
import { Why } from '../../ui/Why.tsx'

const route = getRouteApi('/awards/$awardId/why')

/** 为什么 on paper, for the person whom it is about: no number of theirs stands on it. */
export function WhySheetPage() {
  const { county, places } = useAsker()
  const { awardId } = route.useParams()
  const { month } = route.useSearch()
  const of = month ? { month, months: 1 } : {}
  const read = useEndpoint(getAwardEndpoint, { county, awardId, ...of })
  if (!read.data)
    return <PageWithout title="待遇计算说明书" crumb={<Crumb awardId={awardId} />} reading={read} />
  const { award, why, people } = read.data
  const bureau = `${places[county] ?? county}民政局`
  return (
    <Page title="待遇计算说明书" crumb={<Crumb awardId={awardId} />}>
      {why === null ? (
        <Blank title="还没有核算过，没有可说明的数" />
      ) : (
        <Paper
          title="待遇计算说明书"
          facts={[
            ['项目', award.programTitle],
            [award.holder.kind === 'household' ? '户主' : '本人', award.holder.name ?? '—'],
            ['住址', [award.town?.name, award.village?.name].filter(Boolean).join(' ') || '—'],
            ['保障人员', people.map(({ fullName }) => fullName ?? '—').join('、') || '—'],
            ['月份', monthText(why.month)],
            ['当月应得', `${money(why.dueFen)} 元`],
          ]}
        >
          <Why of={{ ...why, totalTitle: '当月应得', totalFen: why.dueFen }} />
          <p className="mini">
            对计算有疑问，可向乡镇（街道）社会救助窗口或{bureau}询问，也可以依法申请行政复议或提起行政诉讼。
          </p>
          <PaperSigns
            hands={[
              { title: '经办', name: null },
              { title: '本人或家属签收', name: null },
            ]}
          />
        </Paper>
      )}
    </Page>
  )
}

function Crumb({ awardId }: { awardId: string }) {
  return (
    <>
      人与户 /{' '}
      <Link to="/awards/$awardId" params={{ awardId }}>
        待遇
      </Link>
    </>
  )
}
