import { z } from 'zod'
import { County, endpoint, MOST_NUMBER } from './endpoint.schema.ts'

/** Which form, and what it is about: an id or a number, never a name. */
const FormKey = z.string().regex(/^[a-z][a-z_.]{2,59}$/)
const Subject = z.string().regex(/^[\w.:-]{0,80}$/)

export const DraftId = z.uuid()

/** What a form holds, as text: longer than any form of the office, shorter than a document. */
export const MOST_DRAFT_BYTES = 24_000

export const listDraftsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/drafts',
  title: '本人在一张表里填过、没有提交的内容',
  input: z.object({ county: County, form: FormKey, subject: Subject.default('') }),
  output: z.object({
    /** The latest first. */
    drafts: z.array(
      z.object({ id: DraftId, content: z.string(), version: z.number().int(), savedAt: z.string() }),
    ),
  }),
})

/** What of it stands where; the content is read where it is filled in. */
export const listUnsentEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/unsent-drafts',
  title: '本人各张表里没有提交的内容：哪张表、涉及哪一项、何时填的',
  input: z.object({ county: County }),
  output: z.object({
    /** The latest first. */
    drafts: z.array(z.object({ id: DraftId, form: z.string(), subject: z.string(), savedAt: z.string() })),
  }),
})

export const saveDraftEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/drafts/:id',
  title: '保存本人没有提交的内容',
  input: z.object({
    county: County,
    id: DraftId,
    form: FormKey,
    subject: Subject.default(''),
    content: z.string(),
    /** The open form that writes: a later text of its own replaces an earlier one, in whatever order they arrive. */
    writer: z.uuid(),
    /** Counted up by the writer. */
    version: z.number().int().min(1).max(MOST_NUMBER),
    /** What it was taken over at from another writer; 0 = begun here. */
    base: z.number().int().min(0).max(MOST_NUMBER),
  }),
  output: z.object({ version: z.number().int(), savedAt: z.string(), isNew: z.boolean() }),
})

export const discardDraftEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/drafts/:id/discard',
  title: '放弃本人没有提交的内容',
  input: z.object({ county: County, id: DraftId }),
  /** How often it had been saved; 0 = it was gone already. */
  output: z.object({ saves: z.number().int() }),
})
