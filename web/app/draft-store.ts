/** What was typed and is not on the server yet: kept on this computer, locked with the account's key, gone once the server has it. */

export interface StoredDraft {
  id: string
  /** `<county>/<form>/<subject>` */
  place: string
  at: string
  /** Counted by the form that wrote it. */
  version: number
  content: string
}

export interface DraftStore {
  put: (draft: StoredDraft) => Promise<void>
  list: (place: string) => Promise<StoredDraft[]>
  remove: (id: string) => Promise<void>
}

/** Nothing of the text, nor of what it is about, can be read by whoever sits here next. */
interface Locked {
  id: string
  owner: string
  at: string
  iv: Uint8Array<ArrayBuffer>
  bytes: ArrayBuffer
}

const DRAFTS = 'drafts'
const KEPT_DAYS = 30

/** Undefined where the browser keeps nothing or cannot encrypt: then only the server does. */
export async function openDraftStore(draftKey: string): Promise<DraftStore | undefined> {
  try {
    const raw = Uint8Array.from(atob(draftKey), (each) => each.charCodeAt(0))
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
    const owner = hex(await crypto.subtle.digest('SHA-256', raw)).slice(0, 32)
    const database = await openDatabase()
    await removeOld(database)
    return storeOf(database, key, owner)
  } catch {
    return undefined
  }
}

function storeOf(database: IDBDatabase, key: CryptoKey, owner: string): DraftStore {
  const write = () => database.transaction(DRAFTS, 'readwrite').objectStore(DRAFTS)
  return {
    put: async (draft) => {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const plain = new TextEncoder().encode(JSON.stringify(draft))
      const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain)
      await answerOf(write().put({ id: draft.id, owner, at: draft.at, iv, bytes } satisfies Locked))
    },
    list: async (place) => {
      const all = await answerOf<Locked[]>(
        database.transaction(DRAFTS).objectStore(DRAFTS).index('owner').getAll(owner),
      )
      const opened = await Promise.all(all.map((locked) => unlock(key, locked)))
      return opened.flatMap((draft) => (draft?.place === place ? [draft] : []))
    },
    remove: (id) => answerOf(write().delete(id)),
  }
}

async function unlock(key: CryptoKey, { iv, bytes }: Locked): Promise<StoredDraft | undefined> {
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes)
    return JSON.parse(new TextDecoder().decode(plain)) as StoredDraft
  } catch {
    return undefined
  }
}

/** Of whoever has used this computer. */
async function removeOld(database: IDBDatabase): Promise<void> {
  const oldest = new Date(Date.now() - KEPT_DAYS * 86_400_000).toISOString()
  const store = database.transaction(DRAFTS, 'readwrite').objectStore(DRAFTS)
  const ids = await answerOf(store.index('at').getAllKeys(IDBKeyRange.upperBound(oldest)))
  await Promise.all(ids.map((id) => answerOf(store.delete(id))))
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open('minben', 1)
  request.onupgradeneeded = () => {
    const store = request.result.createObjectStore(DRAFTS, { keyPath: 'id' })
    store.createIndex('owner', 'owner')
    store.createIndex('at', 'at')
  }
  return answerOf(request)
}

function answerOf<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('the browser keeps nothing'))
  })
}

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
