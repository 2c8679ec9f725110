import { readFileSync } from 'node:fs'
import { SHORTEST_PASSPHRASE } from '../platform/key-copy.ts'
import { option, UsageError, type Options, type Values } from './cli.ts'

export const PASSPHRASE_OPTIONS: Options = {
  'passphrase-file': option('文件', '口令所在的文件；不写的，在终端里输入，不显示'),
}

/** From a file, or typed on the terminal without being shown; never an argument, which every user of the machine can read. */
export async function askPassphrase(values: Values, { isNew }: { isNew: boolean }): Promise<string> {
  const passphrase = await givenPassphrase(values, isNew)
  if (isNew && passphrase.length < SHORTEST_PASSPHRASE)
    throw new UsageError(`口令太短：至少 ${SHORTEST_PASSPHRASE} 个字符`)
  return passphrase
}

async function givenPassphrase(values: Values, isNew: boolean): Promise<string> {
  const file = values['passphrase-file']
  if (typeof file === 'string') return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  if (!process.stdin.isTTY) throw new UsageError('没有终端可以输入口令：请用 --passphrase-file 文件')
  const passphrase = await typeHidden('口令：')
  if (isNew && (await typeHidden('再输一遍：')) !== passphrase)
    throw new UsageError('两次输入的口令不一样，没有导出')
  return passphrase
}

const ENTER = new Set(['\r', '\n', '\u0004'])
const ERASE = new Set(['\u007f', '\b'])
const INTERRUPT = '\u0003'

function typeHidden(question: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(question)
  stdin.setRawMode(true).setEncoding('utf8').resume()
  return new Promise((resolve, reject) => {
    let typed: string[] = []
    const take = (text: string) => {
      for (const character of text) {
        if (character === INTERRUPT) return end(() => reject(new UsageError('已取消')))
        if (ENTER.has(character)) return end(() => resolve(typed.join('')))
        typed = ERASE.has(character) ? typed.slice(0, -1) : [...typed, character]
      }
    }
    const end = (settle: () => void) => {
      stdin.off('data', take)
      stdin.setRawMode(false).pause()
      stderr.write('\n')
      settle()
    }
    stdin.on('data', take)
  })
}
