import { addDays, yearOf, type PlainDate } from '../platform/dates.ts'
import { checkDigit } from '../platform/id-number.ts'
import { looksLikeBankCard } from '../platform/bank-card.ts'
import { diceFor, type Dice } from './dice.ts'
import { idOf, type Draft } from './draft.ts'
import { givenNameFor, surnameFor } from './names.ts'
import type { PartyRef, PlanAccount, PlanPerson, Sex } from './plan-types.ts'
import type { Place } from './places.ts'

/** Which table a person comes from, and with it a range of serial numbers of its own. */
export type PersonTable = 'subsistence' | 'destitute' | 'aid' | 'joiner'

// Tables do not share serials, so a row added to one table never moves a number of another.
const SERIALS: Record<PersonTable, { least: number; most: number }> = {
  subsistence: { least: 1, most: 599 },
  destitute: { least: 600, most: 799 },
  aid: { least: 800, most: 939 },
  joiner: { least: 940, most: 999 },
}

/** Counties where people who married in or moved in got their first number. */
const ELSEWHERE = ['441823', '441825', '441826', '440281', '431124', '431127', '451122']
const BANKS = ['402601', '402601', '402601', '403601']

export interface PersonDraft {
  table: PersonTable
  /** Unique within the table. */
  key: readonly (string | number)[]
  sex: Sex
  bornOn: PlainDate
  place: Place
  surname?: string
  povertyRegistered: boolean
  /** Six digits; the plan's county unless stated. */
  hukouCounty?: string
  hasPhone?: boolean
}

/** Makes a person with a valid, unused identity number; does not put the person on file. */
export function makePerson(draft: Draft, given: PersonDraft): PlanPerson {
  const { county } = draft.data
  const { table, key, sex, bornOn, place } = given
  const dice = diceFor(county, table, ...key, 'person')
  const surname = given.surname ?? surnameFor(dice, place.town)
  const name = surname + givenNameFor(dice, sex, yearOf(bornOn))
  const hukouCounty = given.hukouCounty ?? county
  const isFromElsewhere = hukouCounty === county && yearOf(bornOn) < 1995 && dice.percent(7)
  const region = isFromElsewhere ? dice.pick(ELSEWHERE) : hukouCounty
  return {
    id: idOf(draft, 'person', table, ...key),
    name,
    idNumber: unusedIdNumber(draft, { region, bornOn, sex, table, dice }),
    sex,
    bornOn,
    village: place.village,
    town: place.town,
    residence: place.residence,
    hukouCounty,
    povertyRegistered: given.povertyRegistered,
    ...(given.hasPhone === true ? { phone: `19900${String(dice.below(1_000_000)).padStart(6, '0')}` } : {}),
  }
}

interface NumberDraft {
  region: string
  bornOn: PlainDate
  sex: Sex
  table: PersonTable
  dice: Dice
}

function unusedIdNumber(draft: Draft, { region, bornOn, sex, table, dice }: NumberDraft): string {
  const { least, most } = SERIALS[table]
  const places = Math.floor((most - least + 1) / 2)
  const start = dice.below(places)
  for (let step = 0; step < places; step += 1) {
    const pair = least + 2 * ((start + step) % places)
    const serial = pair % 2 === (sex === 'male' ? 1 : 0) ? pair : pair + 1
    if (serial > most) continue
    const number = idNumberWith(region, bornOn, serial)
    if (draft.idNumbers.has(number)) continue
    draft.idNumbers.add(number)
    return number
  }
  throw new Error(`no serial number left for ${region} ${bornOn} in table ${table}`)
}

/** The whole number: 17 digits and their check character. */
export function idNumberWith(region: string, bornOn: PlainDate, serial: number): string {
  const body = region + bornOn.replaceAll('-', '') + String(serial).padStart(3, '0')
  return body + checkDigit(body)
}

/** A birth date with this age on 2020-01-01. */
export function bornOnFor(dice: Dice, age: number): PlainDate {
  return addDays(`${String(2019 - age)}-01-02`, dice.below(365))
}

export interface AccountDraft {
  holder: PartyRef
  holderName: string
  recordedOn: PlainDate
  /** Tells a second account of one holder from the first. */
  generation?: number
}

export function makeAccount(
  draft: Draft,
  { holder, holderName, recordedOn, generation = 1 }: AccountDraft,
): PlanAccount {
  const dice = diceFor(draft.data.county, 'account', holder.id, generation)
  return {
    holder,
    holderName,
    number: cardNumber(dice),
    bankCode: dice.pick(BANKS),
    recordedOn,
  }
}

/** 19 digits with a Luhn digit, of an issuer number that no bank has. */
function cardNumber(dice: Dice): string {
  const digits = Array.from({ length: 12 }, () => String(dice.below(10))).join('')
  const body = `629900${digits}`
  const check = [...'0123456789'].find((digit) => looksLikeBankCard(body + digit))
  if (check === undefined) throw new Error(`no check digit fits ${body}`)
  return body + check
}
