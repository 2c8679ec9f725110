export interface ProblemShown {
  status: number
  message: string
  requestId: string | undefined
}

/** What went wrong where content should stand, and the way on. */
export function Problem({ error, onRetry }: { error: ProblemShown; onRetry?: () => void }) {
  const isShut = error.status === 403
  // What is not there, or not theirs, is neither the next time.
  const isFinal = isShut || error.status === 404
  return (
    <div className="blank" role="alert">
      <h2>{isShut ? '这里您没有权限' : error.status === 404 ? '没有找到' : '没有读到内容'}</h2>
      <p>{error.message}</p>
      {isFinal ? (
        <a className="btn" href="/office/">
          回到工作台
        </a>
      ) : (
        onRetry && (
          <button className="btn" type="button" onClick={onRetry}>
            再试一次
          </button>
        )
      )}
      {error.requestId && <p className="mini">编号 {error.requestId}</p>}
    </div>
  )
}
