import { createRootRoute } from '@tanstack/react-router'
import { Blank } from '../../ui/Blank.tsx'
import { Page } from '../Page.tsx'
import { Shell } from '../Shell.tsx'

export const root = createRootRoute({ component: Shell, notFoundComponent: Missing })

function Missing() {
  return (
    <Page title="没有这个页面">
      <Blank title="没有这个页面">
        <p>地址可能抄错了，或者页面已经改名。请从左边的导航进入，或按 Ctrl K 找。</p>
      </Blank>
    </Page>
  )
}
