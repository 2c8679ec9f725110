import { z } from 'zod'
import { command, type Ctx } from './command.ts'
import {
  countDrafts,
  deleteDraft,
  findDraftForUpdate,
  insertDraft,
  listDrafts,
  listUnsent,
  openDraftsOf,
  updateDraft,
  type DraftRow,
} from './draft.db.ts'
import * as view from './draft.schema.ts'
import { conflict, invalid } from './errors.ts'
import { decryptField, encryptField } from './field-crypto.ts'
import { query } from './query.ts'
import { commandRoute, queryRoute, type Route } from './route.ts'

/** Of one account; somebody who never answers what to do with old ones stops here and not at a full disk. */
const MOST_DRAFTS = 200

function place(id: string) {
  return { table: 'platform.draft', column: 'content_cipher', rowId: id }
}

const listed = query({
  event: 'platform.draft.listed',
  permission: 'platform.draft.keep',
  run: async (
    { tx, county, actor, keys }: Ctx,
    { form, subject }: z.output<typeof view.listDraftsEndpoint.input>,
  ) => {
    await openDraftsOf(tx, actor.id)
    const rows = await listDrafts(tx, { county, accountId: actor.id, form, subject })
    return {
      drafts: rows.map(({ id, contentCipher, version, updatedAt }) => ({
        ...{ id, version, savedAt: updatedAt },
        content: decryptField(keys, place(id), contentCipher),
      })),
    }
  },
  subject: ({ form }, { drafts }) => ({ form, drafts: drafts.length }),
})

/** Never more than an account may have. */
const unsent = query({
  event: 'platform.draft.unsent_listed',
  permission: 'platform.draft.keep',
  run: async ({ tx, county, actor }: Ctx) => {
    await openDraftsOf(tx, actor.id)
    const rows = await listUnsent(tx, { county, accountId: actor.id })
    return { drafts: rows.map(({ updatedAt, ...row }) => ({ ...row, savedAt: updatedAt })) }
  },
  subject: (_, { drafts }) => ({ drafts: drafts.length }),
})

const SaveDraft = view.saveDraftEndpoint.input.omit({ county: true })
type SaveDraft = z.output<typeof SaveDraft>

/** Saved every second or two while somebody types: the first time leaves a row, the last one (sent, given up) another. */
const saveDraft = command({
  event: 'platform.draft.begun',
  permission: 'platform.draft.keep',
  input: SaveDraft,
  isContinued: ({ isNew }: { isNew: boolean }) => !isNew,
  run: async (ctx: Ctx, draft) => {
    requireSize(draft.content)
    await openDraftsOf(ctx.tx, ctx.actor.id)
    const own = { county: ctx.county, accountId: ctx.actor.id }
    const kept = await findDraftForUpdate(ctx.tx, { ...own, id: draft.id })
    if (kept) return continueDraft(ctx, draft, kept)
    if ((await countDrafts(ctx.tx, own)) >= MOST_DRAFTS)
      throw conflict(
        'platform.draft_too_many',
        '没有提交的内容太多，草稿没有存到服务器。请打开以前填过的表，提交或放弃。',
      )
    const cipher = encryptField(ctx.keys, place(draft.id), draft.content)
    const savedAt = await insertDraft(ctx.tx, { ...draft, ...own, cipher })
    if (savedAt !== undefined) return { version: draft.version, savedAt, isNew: true }
    const meanwhile = await findDraftForUpdate(ctx.tx, { ...own, id: draft.id })
    if (!meanwhile) throw changed(0)
    return continueDraft(ctx, draft, meanwhile)
  },
  subject: ({ id, form }) => ({ draft: id, form }),
})

async function continueDraft({ tx, county, keys }: Ctx, draft: SaveDraft, kept: DraftRow) {
  const isOwn = kept.writer === draft.writer
  // An earlier text of the same form that arrives late: the later one is there.
  if (isOwn && draft.version <= kept.version)
    return { version: kept.version, savedAt: kept.updatedAt, isNew: false }
  if (!isOwn && draft.base !== kept.version) throw changed(kept.version)
  const { id, writer, version } = draft
  const cipher = encryptField(keys, place(id), draft.content)
  return {
    version,
    savedAt: await updateDraft(tx, { county, id, cipher, writer, version }),
    isNew: false,
  }
}

function requireSize(content: string): void {
  const bytes = Buffer.byteLength(content)
  if (bytes <= view.MOST_DRAFT_BYTES) return
  throw invalid('platform.draft_too_large', '内容太长，草稿没有存到服务器。请尽快提交。', {
    bytes,
    most: view.MOST_DRAFT_BYTES,
  })
}

function changed(version: number) {
  return conflict(
    'platform.draft_changed',
    '这份草稿已在别的窗口或电脑上继续填写，没有覆盖。两份都留着，请选用哪一份。',
    { version },
  )
}

/** Answers alike whether it was there: what is to be gone is gone. */
const discardDraft = command({
  event: 'platform.draft.discarded',
  permission: 'platform.draft.keep',
  input: z.object({ id: view.DraftId }),
  run: async ({ tx, county, actor }: Ctx, { id }) => {
    await openDraftsOf(tx, actor.id)
    const saves = await deleteDraft(tx, { county, accountId: actor.id, id })
    return { saves: saves ?? 0 }
  },
  subject: ({ id }, { saves }) => ({ draft: id, saves }),
})

export const draftRoutes: readonly Route[] = [
  queryRoute(view.listDraftsEndpoint, listed),
  queryRoute(view.listUnsentEndpoint, unsent),
  commandRoute(view.saveDraftEndpoint, saveDraft),
  commandRoute(view.discardDraftEndpoint, discardDraft),
]
