import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { I18nProvider } from 'react-aria-components/I18nProvider'
import { createRoot } from 'react-dom/client'
import { Refusal } from './app/api.ts'
import { router } from './app/router.ts'
import { SignedIn } from './app/session.tsx'
import './styles/tokens.css'
import './styles/office.css'
import './styles/desk.css'
import './styles/paper.css'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What was refused stays refused; only a lost answer is asked for again.
      retry: (failures, error) => error instanceof Refusal && error.status === 0 && failures < 2,
    },
  },
})

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <I18nProvider locale="zh-CN">
      <QueryClientProvider client={client}>
        <SignedIn>
          <RouterProvider router={router} />
        </SignedIn>
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
)
