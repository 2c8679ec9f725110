const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/

/** What of the queue is looked at; `one` is the row chosen. */
export interface QueueSearch {
  status?: 'refused'
  town?: string
  program?: string
  one?: string
}

export function queueIn({ status, town, program, one }: Record<string, unknown>): QueueSearch {
  return {
    ...(status === 'refused' ? { status } : {}),
    // A town's code looks like a number in an address.
    ...(/^\d{9}$/.test(String(town)) ? { town: String(town) } : {}),
    ...(typeof program === 'string' && /^[a-z_]{1,60}$/.test(program) ? { program } : {}),
    ...(typeof one === 'string' && ID.test(one) ? { one } : {}),
  }
}
