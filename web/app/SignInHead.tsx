/** Where one is before one is signed in. */
export function SignInHead({ title }: { title: string }) {
  return (
    <>
      <div className="logo">
        <i aria-hidden="true">民</i>民本
      </div>
      <h1>{title}</h1>
    </>
  )
}
