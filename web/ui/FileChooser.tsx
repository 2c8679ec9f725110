import { useState } from 'react'
import { count } from './format.ts'

interface FileChooserProps {
  label: string
  file: File | undefined
  onChoose: (file: File | undefined) => void
  /** Endings that the dialog of the browser offers first. */
  accept?: string
  isFirst?: boolean
}

/** A file that is chosen or dropped here. */
export function FileChooser({ label, file, onChoose, accept, isFirst = false }: FileChooserProps) {
  const [isOver, setOver] = useState(false)
  return (
    <div
      className={isOver ? 'drop is-over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        onChoose(event.dataTransfer.files[0])
      }}
    >
      <label>
        {label}
        <input
          type="file"
          autoFocus={isFirst}
          {...(accept ? { accept } : {})}
          onChange={(event) => onChoose(event.target.files?.[0])}
        />
        {/* The browser's own button speaks the language of the browser. */}
        <span className="btn" aria-hidden="true">
          {file ? '换一个文件…' : '选择文件…'}
        </span>
      </label>
      {file && (
        <span role="status">
          已选 <b>{file.name}</b>，{count(Math.ceil(file.size / 1024))} KB
        </span>
      )}
    </div>
  )
}

export async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x80_00)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x80_00))
  return btoa(text)
}
