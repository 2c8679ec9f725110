import { useNavigate } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Modal,
  ModalOverlay,
  SearchField,
} from 'react-aria-components'
import { findPeopleEndpoint, type PersonInList } from '../../server/engines/registry/person-view.schema.ts'
import { useEndpoint } from './api.ts'
import { pagesFor, PLACES, type PageLink } from './pages.ts'
import { useAsker } from './session.tsx'

const BY = { name: '姓名', id_number: '证件号码', id_tail: '证号或电话后四位', phone: '电话' } as const

/** One box for people and pages: name, two characters, initials, number, phone, last four; a town or a village beside it. */
export function SearchBox({ onClose }: { onClose: () => void }) {
  const { county, mayDo } = useAsker()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const asked = useDeferredValue(text.trim())
  const found = useEndpoint(
    findPeopleEndpoint,
    { county, text: asked, limit: 12 },
    { isEnabled: asked.length > 1 && mayDo('registry.person.search') },
  )
  const pages = pagesFor(
    PLACES.flatMap((place) => place.pages),
    mayDo,
  ).filter((page) => fits(page, asked))
  const people = asked.length > 1 ? (found.data?.people ?? []) : []
  const open = (key: string) => {
    onClose()
    void (key.startsWith('/')
      ? navigate({ to: key })
      : navigate({ to: '/people/$personId', params: { personId: key } }))
  }
  return (
    <ModalOverlay className="veil" isOpen isDismissable onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Modal className="palette">
        <Dialog aria-label="找人、找功能">
          <Autocomplete inputValue={text} onInputChange={setText}>
            <SearchField aria-label="找人、找功能" autoFocus className="palette-field">
              <Input placeholder="姓名、首字母、证号、电话、后四位，可加乡镇或村" />
            </SearchField>
            <ListBox
              aria-label="找到的人和功能"
              className="palette-list"
              onAction={(key) => open(String(key))}
              renderEmptyState={() => <EmptyHint text={asked} isReading={found.isFetching} />}
            >
              {people.length > 0 && found.data && (
                <ListBoxSection id="people">
                  <Header>{`人（按${BY[found.data.by]}）`}</Header>
                  {people.map((person) => (
                    <Found key={person.id} person={person} />
                  ))}
                </ListBoxSection>
              )}
              {pages.length > 0 && (
                <ListBoxSection id="pages">
                  <Header>功能</Header>
                  {pages.map(({ to, title }) => (
                    <ListBoxItem key={to} id={to} textValue={title} className="palette-item">
                      <b>{title}</b>
                    </ListBoxItem>
                  ))}
                </ListBoxSection>
              )}
            </ListBox>
          </Autocomplete>
          {found.error && (
            <p className="notice notice-bad" role="alert">
              {found.error.message}
            </p>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Found({ person }: { person: PersonInList }) {
  const { id, fullName, sex, idNumber, phone, place } = person
  return (
    <ListBoxItem id={id} textValue={fullName} className="palette-item">
      <b>{fullName}</b>
      <span className="ink2">{sex === null ? '' : sex === 'female' ? '女' : '男'}</span>
      <span className="mono dim">{idNumber ?? '无证件号码'}</span>
      <span className="dim">{place}</span>
      <span className="mono dim">{phone}</span>
    </ListBoxItem>
  )
}

function EmptyHint({ text, isReading }: { text: string; isReading: boolean }) {
  if (isReading) return <p className="mini">正在找…</p>
  if (text.length < 2) return <p className="mini">至少输入两个字或两位数字。</p>
  return <p className="mini">没有找到“{text}”。可以换成姓名首字母、证号或电话的后四位再找。</p>
}

function fits({ title, initials }: PageLink, text: string): boolean {
  if (text === '') return true
  return title.includes(text) || initials.startsWith(text.toLowerCase())
}
