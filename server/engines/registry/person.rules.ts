import type { PlainDate } from '../../platform/dates.ts'
import { invalid } from '../../platform/errors.ts'
import { checkIdNumber } from '../../platform/id-number.ts'
import type { NewPerson, Sex } from './person.schema.ts'

/** What a number and the typed particulars say together. */
export interface Identity {
  number: string | null
  sex: Sex | null
  bornOn: PlainDate | null
}

/**
 * Checks the number (GB 11643) and that the typed sex and birth date do not contradict it. Throws
 * `registry.id_number_…`, `registry.born_on_differs`, `registry.sex_differs`, `registry.born_in_future`.
 */
export function identityOf(
  { idNumber, sex, bornOn }: Pick<NewPerson, 'idNumber' | 'sex' | 'bornOn'>,
  { index, today }: { index: number; today: PlainDate },
): Identity {
  const refuse = (code: string, message: string) => invalid(code, `第 ${index + 1} 人：${message}`, { index })
  const identity = numberAndRest({ idNumber, sex, bornOn }, refuse)
  if (identity.bornOn !== null && identity.bornOn > today) {
    throw refuse('registry.born_in_future', '出生日期晚于今天，请核对出生日期')
  }
  return identity
}

function numberAndRest(
  { idNumber, sex, bornOn }: Pick<NewPerson, 'idNumber' | 'sex' | 'bornOn'>,
  refuse: (code: string, message: string) => Error,
): Identity {
  if (idNumber === null) return { number: null, sex, bornOn }
  const checked = checkIdNumber(idNumber)
  if (!checked.ok) throw refuse(checked.code.replace('platform.', 'registry.'), checked.message)
  if (bornOn !== null && bornOn !== checked.bornOn) {
    throw refuse('registry.born_on_differs', '填写的出生日期与证件号码不一致，请核对证件')
  }
  if (sex !== null && sex !== checked.sex) {
    throw refuse('registry.sex_differs', '填写的性别与证件号码不一致，请核对证件')
  }
  return { number: checked.number, sex: checked.sex, bornOn: checked.bornOn }
}

/** Row pairs of the list that name the same identity; the list is refused before the database sees it. */
export function repeatedIndexes(numbers: readonly (string | null)[]): number[] {
  const first = new Map<string, number>()
  return numbers.flatMap((number, index) => {
    if (number === null) return []
    if (first.has(number)) return [index]
    first.set(number, index)
    return []
  })
}

/** Digits as they are dialled. Throws `registry.phone_form`. */
export function normalisePhone(text: string): string {
  const digits = text
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}]/gu, '')
    .replace(/^(?:\+86|0086|86(?=1\d{10}$))/, '')
  if (/^(1\d{10}|0\d{9,11}|\d{7,8})$/.test(digits)) return digits
  throw invalid('registry.phone_form', '电话号码格式不对，请填写11位手机号，或带区号的固定电话')
}
