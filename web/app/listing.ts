import { useInfiniteQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { Endpoint } from '../../server/platform/endpoint.schema.ts'
import type { More } from '../ui/MoreButton.tsx'
import { callEndpoint, keyOf, type Refusal } from './api.ts'

type Next = string | number | null

export interface Listing<Page> extends More {
  /** Empty until the first answer. */
  pages: readonly Page[]
  isPending: boolean
  error: Refusal | null
  retry: () => void
}

/** A long list, read on from where its last page ended; `mark` is the field of the input that carries `next`. */
export function useListing<Input extends z.ZodObject, Output extends z.ZodType<{ next: Next }>>(
  endpoint: Endpoint<Input, Output>,
  input: z.input<Input>,
  mark: 'after' | 'before',
): Listing<z.output<Output>> {
  const list = useInfiniteQuery({
    queryKey: keyOf(endpoint, input),
    queryFn: ({ pageParam, signal }) =>
      callEndpoint(endpoint, { ...input, ...(pageParam === null ? {} : { [mark]: pageParam }) }, { signal }),
    initialPageParam: null as Next,
    getNextPageParam: ({ next }) => next,
  })
  return {
    pages: list.data?.pages ?? [],
    isPending: list.isPending,
    error: list.error as Refusal | null,
    retry: () => void list.refetch(),
    hasMore: list.hasNextPage,
    isReading: list.isFetchingNextPage,
    readMore: () => void list.fetchNextPage(),
  }
}
