import { useContext, useEffect, useState, type ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Layer } from './layers.ts'

interface AskProps {
  title: string
  onClose: () => void
  children: ReactNode
}

/** A question that stands before the page; Esc closes it and nothing happens. */
export function Ask({ title, onClose, children }: AskProps) {
  useFocusBack()
  return (
    <ModalOverlay className="veil" isOpen isDismissable onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Modal className="dialog">
        <Dialog>
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          <Within>{children}</Within>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Within({ children }: { children: ReactNode }) {
  return <Layer value={useContext(Layer) + 1}>{children}</Layer>
}

/** To what opened the question, also where that stands in a drawer: otherwise the next Esc would go nowhere. */
function useFocusBack(): void {
  const [opener] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      // Two frames: in the first the drawer behind is opened again to keys.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus()
        }),
      )
    },
    [opener],
  )
}

interface DrawerProps extends AskProps {
  aside?: ReactNode
}

/** A list beside the page; Esc closes it. */
export function Drawer({ title, aside, onClose, children }: DrawerProps) {
  return (
    <ModalOverlay
      className="veil veil-right"
      isOpen
      isDismissable
      onOpenChange={(isOpen) => !isOpen && onClose()}
    >
      <Modal className="drawer">
        <Dialog>
          <div className="drawer-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {aside}
            <span className="grow" />
            <button className="btn" type="button" onClick={onClose}>
              关闭 <kbd>Esc</kbd>
            </button>
          </div>
          <div className="drawer-body">
            <Within>{children}</Within>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
