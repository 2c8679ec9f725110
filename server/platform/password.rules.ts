export const PASSWORD = { shortest: 10, long: 16 }
const KINDS = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/]
const MOST_ALIKE = 5

/** Why a password may not be chosen, in Chinese; undefined = it may (等保 2.0 三级 8.1.4.1: length, kinds, not the name). */
export function passwordProblem(
  password: string,
  { login, current }: { login: string; current: string },
): string | undefined {
  const typed = password.normalize('NFKC')
  const length = [...typed].length
  const kinds = KINDS.filter((kind) => kind.test(typed)).length
  if (length < PASSWORD.shortest)
    return `新密码只有 ${length} 个字符，至少要 ${PASSWORD.shortest} 个。请加长后再试。`
  if (kinds < 3 && length < PASSWORD.long)
    return `新密码要有大写字母、小写字母、数字、其他字符（汉字也算）中的三种，或者不少于 ${PASSWORD.long} 个字符。请更换后再试。`
  if (new Set(typed).size < MOST_ALIKE) return '新密码里重复的字符太多。请更换后再试。'
  if (typed.toLowerCase().includes(login.toLowerCase())) return '新密码不能包含登录名。请更换后再试。'
  if (typed === current.normalize('NFKC')) return '新密码与当前密码相同。请更换后再试。'
  return undefined
}
