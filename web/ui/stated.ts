/** What a form says, row by row. */
export interface Stated {
  label: string
  text: string
}

/** The rows that are not the same in both. */
export function differing(was: readonly Stated[], will: readonly Stated[]) {
  const [before, after] = [byLabel(was), byLabel(will)]
  const isOther = ({ label }: Stated) => before.get(label) !== after.get(label)
  return { was: was.filter(isOther), will: will.filter(isOther) }
}

/** A form may have several rows of one name. */
export function byLabel(rows: readonly Stated[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const { label, text } of rows) {
    const earlier = found.get(label)
    found.set(label, earlier === undefined ? text : `${earlier}；${text}`)
  }
  return found
}
