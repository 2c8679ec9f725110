import { useQueryClient } from '@tanstack/react-query'
import {
  listAccountsEndpoint,
  listAccountSessionsEndpoint,
} from '../../server/platform/account-view.schema.ts'
import { keyOf } from '../app/api.ts'

/** After a change of an account: what is shown of accounts is read again. */
export function useFreshAccounts(after?: () => void): () => Promise<unknown> {
  const client = useQueryClient()
  return () => {
    after?.()
    return Promise.all(
      [listAccountsEndpoint, listAccountSessionsEndpoint].map((each) =>
        client.invalidateQueries({ queryKey: keyOf(each) }),
      ),
    )
  }
}
