import { memo } from 'react'
import type { SupplementCategory } from '../../../server/domains/social-assistance/content.schema.ts'
import {
  toggledSupplement,
  type ChangeSubsistence,
  type People,
  type SubsistenceDraft,
} from './change-form.ts'
import { SUPPLEMENT } from './change-words.ts'

const CATEGORIES = Object.entries(SUPPLEMENT) as [SupplementCategory, string][]

type MembersProps = Pick<SubsistenceDraft, 'members' | 'covered' | 'supplements'> & {
  people: People
  onChange: ChangeSubsistence
}

function without({ covered, supplements }: SubsistenceDraft, id: string) {
  return {
    covered: covered.filter((each) => each !== id),
    supplements: supplements.filter(({ personId }) => personId !== id),
  }
}

export const SubsistenceMembers = memo(Members)

/** One row a person: lives with them, is covered, and for what a supplement is given. */
function Members({ members, covered, supplements, people, onChange }: MembersProps) {
  const live = (id: string, isIn: boolean) =>
    onChange((draft) => ({
      ...draft,
      members: isIn ? [...draft.members, id] : draft.members.filter((each) => each !== id),
      ...(isIn ? {} : without(draft, id)),
    }))
  const cover = (id: string, isIn: boolean) =>
    onChange((draft) => ({
      ...draft,
      ...(isIn ? { covered: [...draft.covered, id] } : without(draft, id)),
    }))
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>家里的人</h2>
        <span className="mini">
          共同生活 {members.length} 人，保障 {covered.length} 人
        </span>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">姓名</th>
            <th scope="col">共同生活</th>
            <th scope="col">保障</th>
            <th scope="col">分类施保</th>
          </tr>
        </thead>
        <tbody>
          {people.map(({ id, name }) => (
            <tr key={id}>
              <th scope="row">{name}</th>
              <td>
                <Tick
                  label={`${name}共同生活`}
                  isOn={members.includes(id)}
                  onTick={(isOn) => live(id, isOn)}
                />
              </td>
              <td>
                {members.includes(id) ? (
                  <Tick
                    label={`保障${name}`}
                    isOn={covered.includes(id)}
                    onTick={(isOn) => cover(id, isOn)}
                  />
                ) : (
                  <span className="mini">—</span>
                )}
              </td>
              <td>
                <div className="hs wrap">
                  {covered.includes(id) &&
                    CATEGORIES.map(([category, title]) => (
                      <label key={category} className="nw">
                        <input
                          className="tick"
                          type="checkbox"
                          checked={supplements.some(
                            (each) => each.personId === id && each.category === category,
                          )}
                          onChange={() =>
                            onChange((draft) => ({
                              ...draft,
                              supplements: toggledSupplement(draft.supplements, id, category),
                            }))
                          }
                        />{' '}
                        {title}
                      </label>
                    ))}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface TickProps {
  label: string
  isOn: boolean
  onTick: (isOn: boolean) => void
}

function Tick({ label, isOn, onTick }: TickProps) {
  return (
    <input
      className="tick"
      type="checkbox"
      aria-label={label}
      checked={isOn}
      onChange={(event) => onTick(event.target.checked)}
    />
  )
}
