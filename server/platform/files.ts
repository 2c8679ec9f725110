import type { Ctx } from './command.ts'
import { AppError, notFound } from './errors.ts'
import {
  findStoredFile,
  insertStoredFile,
  readFileBytes,
  writeFileBytes,
  type NewStoredFile,
} from './stored-file.db.ts'

export type StoreFile = Omit<NewStoredFile, 'bytes' | 'digest'> & { bytes: Uint8Array }

/**
 * Keeps a file, encrypted, and the row that decides who may read it. Within a transaction: when it rolls back, the bytes stay
 * behind without a row and nobody reaches them. Large or slow files: write the bytes before the transaction (stored-file.db.ts).
 */
export async function storeFile(
  ctx: Pick<Ctx, 'tx' | 'keys' | 'varDir'>,
  { bytes, ...file }: StoreFile,
): Promise<{ id: string; digest: string }> {
  const digest = writeFileBytes(ctx, bytes)
  const id = await insertStoredFile(ctx.tx, { ...file, digest, bytes: bytes.length })
  return { id, digest }
}

/**
 * Row-level security answers "unknown" for a file outside the reader's areas. The caller leaves the audit row.
 *
 * Throws `platform.file_unknown`, `platform.file_missing` (the row is there, the bytes are not), `platform.cipher_tampered`.
 */
export async function readFile(
  ctx: Pick<Ctx, 'tx' | 'keys' | 'varDir'>,
  county: string,
  id: string,
): Promise<{ name: string; bytes: Uint8Array }> {
  const file = await findStoredFile(ctx.tx, county, id)
  if (!file) throw notFound('platform.file_unknown', '找不到这个文件，或不在您负责的地区。请刷新后再试。')
  try {
    return { name: file.name, bytes: readFileBytes(ctx, file.digest) }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    throw new AppError('文件登记在案，但磁盘上没有。请系统管理员从备份恢复 files 目录。', {
      status: 500,
      code: 'platform.file_missing',
      details: { id },
    })
  }
}
