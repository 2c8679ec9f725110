import { createRouter } from '@tanstack/react-router'
import { casePages } from './routes/cases.ts'
import { fundPages } from './routes/funds.ts'
import { officePages } from './routes/office.ts'
import { peoplePages } from './routes/people.ts'
import { root } from './routes/root.tsx'

/** Each page is its own piece of the program, fetched when it is first opened. */
export const router = createRouter({
  routeTree: root.addChildren([...officePages, ...peoplePages, ...casePages, ...fundPages]),
  basepath: '/office',
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
