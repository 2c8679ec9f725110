import {
  discardDraftEndpoint,
  listDraftsEndpoint,
  saveDraftEndpoint,
} from '../../server/platform/draft.schema.ts'
import { callEndpoint, Refusal } from './api.ts'
import { openDraftStore, type DraftStore } from './draft-store.ts'

/** Which form, about what: ids and numbers only. */
export interface DraftPlace {
  county: string
  form: string
  subject: string
}

/** Typed before and not sent: by this account, in another window, on another computer, or before the browser was closed. */
export interface FoundDraft {
  id: string
  at: string
  content: string
  /** On the server; 0 = it is on this computer alone. */
  version: number
  /** What stands on this computer goes beyond what the server has. */
  isAhead: boolean
}

export type KeepingTrouble = 'offline' | 'too_large' | 'shut'

export interface KeptState {
  found: readonly FoundDraft[]
  /** Given up a moment ago; can still be brought back. */
  dropped: FoundDraft | undefined
  savedAt: string | undefined
  trouble: KeepingTrouble | undefined
}

export interface DraftKeeper {
  /** Looks for what was left before and begins to watch the page; the answer ends it. */
  start: (tell: (change: Partial<KeptState>) => void) => () => void
  type: (value: unknown) => void
  /** Puts what was found into the hands of this form; what was typed here meanwhile takes its place among the found. */
  take: (draft: FoundDraft) => void
  drop: (draft: FoundDraft) => void
  bringBack: () => void
  /** Before it is sent: everything typed is on the server, or cannot be now. Gives the id under which it is kept. */
  settle: () => Promise<string | undefined>
  /** It was sent, and what the server kept is gone with it. */
  sent: () => Promise<void>
}

/** Saved so long after the last key, and so often while keys go on; on this computer in between. */
const PAUSE_MS = 600
const MOST_MS = 1300
const ASIDE_MS = 200
/** Beside keys that follow each other, keeping waits at most so long for a moment in which nothing is drawn. */
const CALM_MS = 200
const AGAIN_MS = 3000
const SETTLE_MS = 2000

type Timer = ReturnType<typeof setTimeout> | undefined

/** Safari has no idle callbacks. */
function whenCalm(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: CALM_MS })
  else work()
}

/** Keeps what is typed into one open form. */
export function draftKeeper(place: DraftPlace, draftKey: string): DraftKeeper {
  const writer = crypto.randomUUID()
  const key = `${place.county}/${place.form}/${place.subject}`
  const store = laterStore(draftKey)
  let own = freshDraft()
  let latest: { value: unknown } | undefined
  let sending: Promise<unknown> = Promise.resolve()
  let isSending = false
  let settledAt = 0
  let state: KeptState = { found: [], dropped: undefined, savedAt: undefined, trouble: undefined }
  let listener: (change: Partial<KeptState>) => void = () => undefined
  let dropping: Promise<unknown> = Promise.resolve()
  const timers: { pause?: Timer; most?: Timer; aside?: Timer } = {}

  function tell(change: Partial<KeptState>): void {
    state = { ...state, ...change }
    listener(change)
  }

  function stopTimers(): void {
    clearTimeout(timers.pause)
    clearTimeout(timers.most)
    timers.most = undefined
  }

  function type(value: unknown): void {
    latest = { value }
    clearTimeout(timers.pause)
    timers.pause = setTimeout(save, PAUSE_MS)
    timers.most ??= setTimeout(() => whenCalm(save), MOST_MS)
    timers.aside ??= setTimeout(() => whenCalm(putAside), ASIDE_MS)
  }

  function putAside(): void {
    timers.aside = undefined
    if (!latest) return
    const at = new Date().toISOString()
    const { id, version } = own
    store.put({ id, place: key, at, version: version + 1, content: JSON.stringify(latest.value) })
  }

  function save(): void {
    if (!latest) return stopTimers()
    // One at a time; what is typed meanwhile follows at once.
    if (isSending) {
      clearTimeout(timers.most)
      timers.most = setTimeout(save, 50)
      return
    }
    void send(false)
  }

  /** `isLeaving`: the page may be gone before the answer. */
  function send(isLeaving: boolean): Promise<void> {
    const [draft, text] = [own, latest]
    stopTimers()
    if (!text) return Promise.resolve()
    latest = undefined
    draft.version += 1
    const { id, base, version } = draft
    const input = { ...place, id, base, version, writer, content: JSON.stringify(text.value) }
    isSending = true
    const asked = callEndpoint(saveDraftEndpoint, input, { isLeaving }).then(
      ({ savedAt }) => saved(draft, savedAt),
      (error: unknown) => notSaved(draft, text, error),
    )
    const done = asked.finally(() => (isSending = false))
    sending = done
    return done
  }

  function saved({ id }: OwnDraft, savedAt: string): void {
    if (id !== own.id || !latest) store.remove(id)
    tell({ savedAt, trouble: undefined })
  }

  function notSaved(draft: OwnDraft, text: { value: unknown }, error: unknown): void {
    const trouble = troubleOf(error)
    if (draft !== own) return
    latest ??= text
    if (trouble === 'changed') return fork()
    putAside()
    tell({ trouble })
    if (trouble === 'offline') timers.pause = setTimeout(save, AGAIN_MS)
  }

  /** Somebody goes on with it elsewhere: from here on there are two, and the person chooses. */
  function fork(): void {
    store.remove(own.id)
    own = freshDraft()
    void send(false)
    void look()
  }

  async function look(): Promise<void> {
    const { county, form, subject } = place
    const server = await callEndpoint(listDraftsEndpoint, { county, form, subject }).catch(() => undefined)
    const local = await store.list(key)
    const found = (server?.drafts ?? []).map(({ id, content, version, savedAt }): FoundDraft => {
      const here = local.find((each) => each.id === id)
      if (!here || here.version <= version) return { id, at: savedAt, content, version, isAhead: false }
      return { id, at: here.at, content: here.content, version, isAhead: true }
    })
    const alone = local
      .filter(({ id }) => !found.some((each) => each.id === id))
      .map(({ id, at, content }): FoundDraft => ({ id, at, content, version: 0, isAhead: true }))
    const all = [...found, ...alone]
      .filter(({ id }) => id !== own.id)
      .sort((one, other) => (one.at < other.at ? 1 : -1))
    if (all.length > 0 || state.found.length > 0) tell({ found: all })
  }

  function take(draft: FoundDraft): void {
    putAside()
    void send(false)
    const isKept = own.version > 0
    own = { id: draft.id, base: draft.version, version: draft.version }
    if (draft.isAhead) type(JSON.parse(draft.content))
    tell({ found: state.found.filter(({ id }) => id !== draft.id), dropped: undefined })
    if (isKept) void sending.then(look)
  }

  function drop(draft: FoundDraft): void {
    store.remove(draft.id)
    dropping = discard(draft.id)
    tell({ found: state.found.filter(({ id }) => id !== draft.id), dropped: draft })
  }

  function bringBack(): void {
    const { dropped } = state
    if (!dropped) return
    const { id, content, version } = dropped
    const input = { ...place, id, base: 0, version: version + 1, writer: crypto.randomUUID(), content }
    const back = { ...dropped, version: version + 1, isAhead: false }
    store.put({ id, place: key, at: dropped.at, version: version + 1, content })
    const saved = dropping.then(() => callEndpoint(saveDraftEndpoint, input))
    void saved.then(
      () => store.remove(id),
      () => undefined,
    )
    tell({ found: [back, ...state.found], dropped: undefined })
  }

  function discard(id: string): Promise<unknown> {
    return callEndpoint(discardDraftEndpoint, { county: place.county, id }).catch(() => undefined)
  }

  async function settle(): Promise<string | undefined> {
    void send(false)
    await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, SETTLE_MS))])
    settledAt = own.version
    return own.version > 0 ? own.id : undefined
  }

  async function sent(): Promise<void> {
    stopTimers()
    const { id, version } = own
    latest = undefined
    own = freshDraft()
    tell({ savedAt: undefined, trouble: undefined, dropped: undefined })
    store.remove(id)
    await sending
    // Typed while the answer was awaited.
    if (version > settledAt) await discard(id)
  }

  function start(tellForm: (change: Partial<KeptState>) => void): () => void {
    listener = tellForm
    const leave = () => {
      putAside()
      void send(true)
    }
    const hide = () => document.visibilityState === 'hidden' && leave()
    document.addEventListener('visibilitychange', hide)
    window.addEventListener('pagehide', leave)
    window.addEventListener('online', save)
    void look()
    return () => {
      document.removeEventListener('visibilitychange', hide)
      window.removeEventListener('pagehide', leave)
      window.removeEventListener('online', save)
      leave()
      listener = () => undefined
    }
  }

  return { start, type, take, drop, bringBack, settle, sent }
}

interface OwnDraft {
  id: string
  base: number
  version: number
}

function freshDraft(): OwnDraft {
  return { id: crypto.randomUUID(), base: 0, version: 0 }
}

function troubleOf(error: unknown): KeepingTrouble | 'changed' {
  if (!(error instanceof Refusal)) return 'offline'
  if (error.code === 'platform.draft_changed') return 'changed'
  if (error.code === 'platform.draft_too_large') return 'too_large'
  // It is kept as soon as the demonstration is loaded.
  if (error.code === 'platform.demo_loading') return 'offline'
  return error.status === 403 || error.status === 409 || error.status === 422 ? 'shut' : 'offline'
}

/** The store of this computer, opened once for a form; its writes keep their order and never fail a form. */
function laterStore(draftKey: string) {
  const opened = storeFor(draftKey)
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = (work: (store: DraftStore) => Promise<void>): void => {
    last = last.then(() => opened.then((store) => store && work(store))).catch(() => undefined)
  }
  return {
    put: (draft: Parameters<DraftStore['put']>[0]) => inTurn((store) => store.put(draft)),
    remove: (id: string) => inTurn((store) => store.remove(id)),
    list: async (place: string) => (await opened)?.list(place).catch(() => []) ?? [],
  }
}

const stores = new Map<string, Promise<DraftStore | undefined>>()

function storeFor(draftKey: string): Promise<DraftStore | undefined> {
  const known = stores.get(draftKey) ?? openDraftStore(draftKey)
  stores.set(draftKey, known)
  return known
}
