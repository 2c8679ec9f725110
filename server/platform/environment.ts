/** Settings come from the environment; what is wrong with one is told by its name, never by its value, which may be a secret. */
import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { invalid } from './errors.ts'

/** Throws `platform.settings_wrong`. */
export function readEnvironment<Output>(settings: z.ZodType<Output>, env: NodeJS.ProcessEnv): Output {
  const read = settings.safeParse(env)
  if (read.success) return read.data
  throw wrongSetting(
    read.error.issues.map((issue) => `${issue.path.join('.')} ${remedyOf(issue)}`).join('；'),
  )
}

/** The content of a file that a setting names: a secret does not stand in the environment. Throws `platform.settings_wrong`. */
export function readSettingFile(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw wrongSetting(`${name} 所指的文件 ${file} 读不了，不存在或没有权限`)
  }
}

function remedyOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_big':
      return `不能大于 ${issue.maximum}`
    case 'too_small':
      return `不能小于 ${issue.minimum}`
    case 'invalid_value':
      return `只能是 ${issue.values.map(String).join('、')}`
    case 'invalid_type':
      return issue.expected === 'number' || issue.expected === 'int' ? '应为整数' : '格式不对'
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return '格式不对'
  }
}

export function wrongSetting(why: string) {
  return invalid('platform.settings_wrong', `设置有误：${why}。什么都没有做。请改正环境变量后再执行。`)
}
