/** What a machine refuses — a file, a disk, a server that does not answer — said to whoever sits before it; undefined = a fault of ours. */
export function systemFault(error: unknown): string | undefined {
  const cause = error instanceof AggregateError ? (error.errors as unknown[])[0] : error
  if (!(cause instanceof Error && 'code' in cause)) return undefined
  const { code } = cause
  const place = placeOf(cause)
  const say = typeof code === 'string' ? FAULTS[code] : undefined
  return say && `${say(place)}（${String(code)}）`
}

function unreachable(place: string): string {
  return `连不上 ${place}：没有应答。请检查地址、端口和防火墙，以及那边的数据库是否在运行。没有办。`
}

function badSignIn(): string {
  return '数据库不认这个账号或密码。请核对连接地址里的账号和密码。没有办。'
}

function notAllowed(place: string): string {
  return `没有权限读写 ${place}。请用运行服务的那个用户执行，或检查目录的属主。`
}

const FAULTS: Readonly<Record<string, (place: string) => string>> = {
  ECONNREFUSED: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  '28P01': badSignIn,
  '28000': badSignIn,
  '3D000': () => '那边没有这个名字的数据库。请先建一个空的数据库，或核对连接地址。没有办。',
  '42501': () => '数据库的这个账号权限不够：要能建立角色和表。请换一个账号。没有办。',
  '53300': () => '数据库的连接已满。请稍后再试，或停掉别的程序。没有办。',
  ENOENT: (place) => `找不到 ${place}。请核对路径。`,
  EISDIR: (place) => `${place} 是一个目录，要写一个文件。`,
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: (place) =>
    `${place} 不能写：磁盘只读挂载，或系统服务没有放行这个目录（ops/systemd/minben.service 里的 ReadWritePaths）。`,
  ENOSPC: () => '磁盘满了，没有写完。请腾出空间再执行；不要删除数据目录、备份目录里的文件。',
}

function placeOf(error: Error): string {
  if ('path' in error && typeof error.path === 'string') return error.path
  const host = 'address' in error ? error.address : 'hostname' in error ? error.hostname : '数据库'
  return 'port' in error ? `${String(host)}:${String(error.port)}` : String(host)
}
