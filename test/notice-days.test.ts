import { expect, test } from 'vitest'
import { workingDaysIn } from '../web/platform/calendar-days.ts'
import { readNotice } from '../web/platform/notice-days.ts'

/** 国办发明电〔2020〕27号, as published. */
const OF_2021 = `国务院办公厅关于2021年部分节假日安排的通知
国办发明电〔2020〕27号
一、元旦：2021年1月1日至3日放假，共3天。
二、春节：2月11日至17日放假调休，共7天。2月7日（星期日）、2月20日（星期六）上班。
三、清明节：4月3日至5日放假调休，共3天。
四、劳动节：5月1日至5日放假调休，共5天。4月25日（星期日）、5月8日（星期六）上班。
五、端午节：6月12日至14日放假，共3天。
六、中秋节：9月19日至21日放假调休，共3天。9月18日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月26日（星期日）、10月9日（星期六）上班。`

test('a notice is read as it is published, and its working days counted', () => {
  const { number, holidays, makeupWorkdays, problems } = readNotice(OF_2021, 2021)

  expect([number, problems]).toEqual(['国办发明电〔2020〕27号', []])
  // 3 + 7 + 3 + 5 + 3 + 3 + 7
  expect(holidays).toHaveLength(31)
  expect(holidays.slice(0, 4)).toEqual(['2021-01-01', '2021-01-02', '2021-01-03', '2021-02-11'])
  expect(makeupWorkdays).toEqual([
    ...['2021-02-07', '2021-02-20', '2021-04-25', '2021-05-08', '2021-09-18'],
    ...['2021-09-26', '2021-10-09'],
  ])
  expect(workingDaysIn(2021, { holidays, makeupWorkdays })).toEqual([
    ...[20, 17, 23, 22, 19, 21, 22, 22, 22, 17, 22, 23],
  ])
})

test('a holiday with remarks, of one day, or over the end of a month is read too', () => {
  const text = `1月1日（周三）放假1天，不调休。1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。`

  expect(readNotice(text, 2025)).toEqual({
    number: undefined,
    holidays: [
      ...['2025-01-01', '2025-01-28', '2025-01-29', '2025-01-30', '2025-01-31', '2025-02-01'],
      ...['2025-02-02', '2025-02-03', '2025-02-04'],
    ],
    makeupWorkdays: ['2025-01-26', '2025-02-08'],
    problems: [],
  })
})

test.each([
  [
    'a day of the year before',
    '2022年12月31日至2023年1月2日放假调休',
    '2022-12-31 不在 2023 年，请在它自己的年份里更正',
  ],
  ['a day that there is not', '2月30日放假', '“2月30日”读不懂'],
  ['a range that runs backwards', '5月5日至1日放假', '“5月5日至1日”读不懂'],
  ['work on a weekday', '1月4日上班', '2023-01-04 不是周末，不能列为上班'],
  ['one day said twice', '1月7日放假。1月7日上班', '2023-01-07 同时写了放假和上班'],
])('%s is told', (_, text, problem) => {
  expect(readNotice(text, 2023).problems).toEqual([problem])
})

test('what is neither a day off nor a day of work is nothing', () => {
  expect(readNotice('本通知自2023年1月5日起施行，请妥善安排值班。', 2023)).toEqual({
    ...{ number: undefined, holidays: [], makeupWorkdays: [], problems: [] },
  })
})
