import { expect, test } from 'vitest'
import { checkInvariants, compareWithObserved } from './comparison.ts'
import { granted, historyOf, household, rate } from './examples.ts'
import { cashOut, expectedLines, obligation, openClaims, payable } from './ledger.ts'
import type { OracleBooks } from './ledger.ts'
import { replay } from './replay.ts'
import type { OracleEvent } from './replay.ts'
import type { OracleHistory } from './types.ts'

const people = ['p1', 'p2', 'p3', 'p4']
const rural = household({ residence: 'rural', members: people, covered: people })

/** Rural 484.00 known from the beginning; 580.00 from January becomes known at 30. */
const raised = historyOf({
  determinations: [granted(rural)],
  rates: [
    rate('subsistence_allowance.standard', { residence: 'rural' }, { fen: 48400 }, { from: '2019-01' }),
    rate('subsistence_allowance.standard', { residence: 'rural' }, { fen: 58000 }, { recordedAt: 30 }),
  ],
})

/** 4 × 580.00 a month; at 30 it becomes known that the award ended with January. */
const endedLate = historyOf({
  determinations: [
    granted(rural),
    {
      ...granted(rural),
      id: 'd2',
      from: '2020-02',
      outcome: 'end',
      kind: 'retroactive',
      recordedAt: 30,
    },
  ],
})

function run(month: string, cut: number, step: 'publish' | 'reject' = 'publish'): OracleEvent[] {
  const runId = `${month}@${cut}`
  return [
    { kind: 'run', runId, group: 'basic_assistance', month, cut },
    { kind: step, runId },
  ]
}

function pay(id: string, month: string, fen: number, seq = 1): OracleEvent[] {
  return [
    { kind: 'instruct', id, awardId: 'award', month, fen, seq },
    { kind: 'result', id, status: 'paid' },
  ]
}

function booksOf(history: OracleHistory, events: OracleEvent[]): OracleBooks {
  const { books, breaches } = replay(history, events)
  expect(breaches).toEqual([])
  expect(compareWithObserved(history, { ...books, claims: openClaims(books) })).toEqual([])
  return books
}

function linesOf(books: OracleBooks, runId: string) {
  return books.lines.filter((line) => line.runId === runId).map((line) => [line.month, line.fen, line.seq])
}

test('#2 a raise known in March pays January and February as two lines of 384.00, together 768.00', () => {
  const books = booksOf(raised, [...run('2020-01', 10), ...run('2020-02', 20), ...run('2020-03', 30)])

  expect(linesOf(books, '2020-01@10')).toEqual([['2020-01', 193600, 1]])
  expect(linesOf(books, '2020-02@20')).toEqual([['2020-02', 193600, 1]])
  expect(linesOf(books, '2020-03@30')).toEqual([
    ['2020-01', 38400, 2], // (580 − 484) × 4
    ['2020-02', 38400, 2],
    ['2020-03', 232000, 1],
  ])
  expect(obligation(books, 'award', '2020-01')).toBe(232000)
})

test('a rejected run contributes nothing and uses up its seq; a cancelled one likewise', () => {
  const rejected = booksOf(raised, [...run('2020-01', 10, 'reject'), ...run('2020-01', 11)])
  expect(obligation(rejected, 'award', '2020-01')).toBe(193600)
  expect(linesOf(rejected, '2020-01@11')).toEqual([['2020-01', 193600, 2]])

  const cancelled = booksOf(raised, [
    ...run('2020-01', 10),
    { kind: 'cancel', runId: '2020-01@10' },
    ...run('2020-01', 30),
  ])
  expect(linesOf(cancelled, '2020-01@30')).toEqual([['2020-01', 232000, 2]])
})

test('a run repeated with nothing new writes no line, also at the same cut', () => {
  const books = booksOf(raised, [...run('2020-02', 10)])
  expect(expectedLines(raised, books, { group: 'basic_assistance', month: '2020-02', cut: 10 })).toEqual([])
  expect(expectedLines(raised, books, { group: 'temporary_assistance', month: '2020-02', cut: 10 })).toEqual(
    [],
  )

  const again = booksOf(raised, [
    ...run('2020-01', 10),
    { kind: 'run', runId: 'again', group: 'basic_assistance', month: '2020-02', cut: 10 },
    { kind: 'publish', runId: 'again' },
  ])
  expect(linesOf(again, 'again')).toEqual([['2020-02', 193600, 1]])
})

test('paid, then found to have ended: the negative line opens one claim; receipts and write-offs close it', () => {
  const paid = [...run('2020-02', 10), ...pay('i1', '2020-01', 232000), ...pay('i2', '2020-02', 232000)]
  const after = booksOf(endedLate, [...paid, ...run('2020-03', 30)])
  expect(linesOf(after, '2020-03@30')).toEqual([['2020-02', -232000, 2]])
  expect(openClaims(after)).toEqual([{ awardId: 'award', month: '2020-02', fen: 232000 }])

  const settled = booksOf(endedLate, [
    ...paid,
    ...run('2020-03', 30),
    { kind: 'receipt', awardId: 'award', month: '2020-02', fen: 200000 },
    { kind: 'writeOff', awardId: 'award', month: '2020-02', fen: 32000 },
  ])
  expect(payable(settled, 'award', '2020-02')).toBe(0) // 0 − 232 000 + 200 000 + 32 000
  expect(openClaims(settled)).toEqual([])
})

test('a positive line first extinguishes the open claim of its own month', () => {
  const history = historyOf({
    determinations: [
      ...endedLate.determinations,
      { ...granted(rural), id: 'd3', from: '2020-02', to: '2020-03', kind: 'retroactive', recordedAt: 40 },
    ],
  })
  const books = booksOf(history, [
    ...run('2020-02', 10),
    ...pay('i1', '2020-02', 232000),
    ...run('2020-03', 30),
    ...run('2020-04', 40),
  ])
  expect(linesOf(books, '2020-04@40')).toEqual([['2020-02', 232000, 3]])
  expect(payable(books, 'award', '2020-02')).toBe(0) // 232 000 − 232 000 + 232 000 − 232 000 paid
  expect(openClaims(books)).toEqual([])
})

test('arrears of January are kept back for the claim of February only by an offset', () => {
  const books = booksOf(endedLate, [
    ...run('2020-02', 10),
    ...pay('i1', '2020-02', 232000),
    ...run('2020-03', 30),
    {
      kind: 'offset',
      from: { awardId: 'award', month: '2020-01' },
      to: { awardId: 'award', month: '2020-02' },
      fen: 232000,
    },
  ])
  expect(payable(books, 'award', '2020-01')).toBe(0)
  expect(payable(books, 'award', '2020-02')).toBe(0)
})

test('returned money is payable again; unknown money is not', () => {
  const sent: OracleEvent[] = [
    ...run('2020-01', 10),
    { kind: 'instruct', id: 'i1', awardId: 'award', month: '2020-01', fen: 193600, seq: 1 },
  ]
  expect(payable(booksOf(raised, sent), 'award', '2020-01')).toBe(0)
  const unknown: OracleEvent[] = [...sent, { kind: 'result', id: 'i1', status: 'unknown' }]
  expect(payable(booksOf(raised, unknown), 'award', '2020-01')).toBe(0)
  const returned: OracleEvent[] = [...unknown, { kind: 'result', id: 'i1', status: 'returned' }]
  expect(payable(booksOf(raised, returned), 'award', '2020-01')).toBe(193600)
  expect(cashOut(booksOf(raised, [...returned, ...pay('i2', '2020-01', 193600)]), 'award', '2020-01')).toBe(
    193600,
  )
})

test('a negative Δ that nobody decided may be left unwritten, a positive one may not', () => {
  const withheld = [{ awardId: 'award', month: '2020-02' }]
  const books = booksOf(endedLate, [
    ...run('2020-02', 10),
    { kind: 'run', runId: 'later', group: 'basic_assistance', month: '2020-03', cut: 30, withheld },
    { kind: 'publish', runId: 'later' },
  ])
  expect(linesOf(books, 'later')).toEqual([])
  expect(obligation(books, 'award', '2020-02')).toBe(232000)

  const raise: OracleEvent[] = [
    ...run('2020-02', 20),
    { kind: 'run', runId: 'later', group: 'basic_assistance', month: '2020-03', cut: 30, withheld },
    { kind: 'publish', runId: 'later' },
  ]
  const raisedBooks = booksOf(raised, raise)
  expect(linesOf(raisedBooks, 'later')).toContainEqual(['2020-02', 38400, 2])
  raisedBooks.lines = raisedBooks.lines.filter((line) => line.fen !== 38400)
  expect(checkInvariants(raised, raisedBooks).join('\n')).toMatch(/\(a\) award 2020-02: published 193600/)
})

test.each<[string, OracleEvent[], RegExp]>([
  [
    'two open runs of a group',
    [...run('2020-01', 10).slice(0, 1), ...run('2020-02', 11)],
    /begins while run 2020-01@10/,
  ],
  ['a run with an earlier cut', [...run('2020-01', 10), ...run('2020-02', 9)], /earlier cut/],
  [
    'publishing a rejected run',
    [...run('2020-01', 10, 'reject'), { kind: 'publish', runId: '2020-01@10' }],
    /publish from rejected/,
  ],
  [
    'cancelling a run that is not the latest',
    [...run('2020-01', 10), ...run('2020-02', 11), { kind: 'cancel', runId: '2020-01@10' }],
    /not the latest published run/,
  ],
  [
    'cancelling a run with a line in a batch',
    [...run('2020-01', 10), ...pay('i1', '2020-01', 193600), { kind: 'cancel', runId: '2020-01@10' }],
    /already in a batch/,
  ],
  [
    'paying a line twice',
    [...run('2020-01', 10), ...pay('i1', '2020-01', 193600), ...pay('i2', '2020-01', 193600)],
    /where 0 is payable/,
  ],
  ['paying less than the line', [...run('2020-01', 10), ...pay('i1', '2020-01', 5)], /not min\(line 193600/],
  [
    'paying a newer line first',
    [...run('2020-01', 10), ...run('2020-02', 30), ...pay('i1', '2020-01', 38400, 2)],
    /before the older line 1/,
  ],
  [
    'a result after the money came back',
    [
      ...run('2020-01', 10),
      { kind: 'instruct', id: 'i1', awardId: 'award', month: '2020-01', fen: 193600, seq: 1 },
      { kind: 'result', id: 'i1', status: 'returned' },
      { kind: 'result', id: 'i1', status: 'paid' },
    ],
    /paid after returned/,
  ],
  [
    'an offset without arrears or claim',
    [
      {
        kind: 'offset',
        from: { awardId: 'award', month: '2020-01' },
        to: { awardId: 'award', month: '2020-02' },
        fen: 1,
      },
    ],
    /with 0 payable/,
  ],
])('%s is named as a breach', (_title, events, breach) => {
  expect(replay(raised, events).breaches.join('\n')).toMatch(breach)
})

test('an event that names nothing throws', () => {
  expect(() => replay(raised, [{ kind: 'publish', runId: 'none' }])).toThrow('no run none')
  expect(() => replay(raised, [{ kind: 'result', id: 'none', status: 'paid' }])).toThrow(
    'no instruction none',
  )
})

/** January and February published with 484.00, paid; March with the raise, unpaid. */
function observedRows(): OracleBooks {
  return replay(raised, [
    ...run('2020-01', 10),
    ...run('2020-02', 20),
    ...run('2020-03', 30),
    ...pay('i1', '2020-01', 193600),
    ...pay('i2', '2020-02', 193600),
  ]).books
}

test.each<[string, (books: OracleBooks) => void, RegExp]>([
  [
    'a line too few',
    (books) => books.lines.splice(2, 1),
    /2020-03@30: award 2020-01: no line, expected 38400/,
  ],
  [
    'a line too many',
    (books) => books.lines.push({ runId: '2020-03@30', awardId: 'award', month: '2020-04', fen: 1, seq: 1 }),
    /expected no line/,
  ],
  [
    'a line after the month of its run',
    (books) => change(books.lines[4], { month: '2020-04' }),
    /after the month/,
  ],
  ['a line of one fen more', (books) => change(books.lines[4], { fen: 232001 }), /232001, expected 232000/],
  ['the same line twice', (books) => books.lines.push(...books.lines.slice(4)), /twice in the run/],
  ['a wrong seq', (books) => change(books.lines[4], { seq: 2 }), /seq 2, expected 1/],
  [
    'a wrong entitlement',
    (books) => change(books.lines[4], { entitledFen: 1 }),
    /entitled 1, expected 232000/,
  ],
  [
    'a share on the wrong person',
    (books) => change(books.lines[4], { shares: [{ personId: 'p1', fen: 232000 }] }),
    /shares p1 232000, expected p1 58000, p2/,
  ],
  [
    'an amount other than the entitlement',
    (books) => change(books.lines[0], { fen: 1 }),
    /\(a\) award 2020-01: published 38401, entitled 232000/,
  ],
  [
    'cash beyond the obligation without a claim',
    (books) => change(books.instructions[0], { fen: 300000 }),
    /\(b\) award 2020-01: net cash 300000 exceeds the obligation 232000 by 68000, open claims: none/,
  ],
  [
    'a claim of another amount',
    (books) => {
      change(books.instructions[0], { fen: 300000 })
      books.claims = [{ awardId: 'award', month: '2020-01', fen: 67999 }]
    },
    /\(b\) .*open claims: 67999/,
  ],
  [
    'a claim while money is owed',
    (books) => (books.claims = [{ awardId: 'award', month: '2020-01', fen: 1 }]),
    /\(c\) award 2020-01: open claims 1/,
  ],
  [
    'a claim though exactly the obligation was paid',
    (books) => {
      books.instructions.push({
        id: 'i3',
        awardId: 'award',
        month: '2020-01',
        fen: 38400,
        seq: 2,
        status: 'paid',
      })
      books.claims = [{ awardId: 'award', month: '2020-01', fen: 1 }]
    },
    /\(c\) award 2020-01: open claims 1/,
  ],
  [
    'the same claim twice',
    (books) => {
      change(books.instructions[0], { fen: 300000 })
      books.claims = [
        { awardId: 'award', month: '2020-01', fen: 68000 },
        { awardId: 'award', month: '2020-01', fen: 68000 },
      ]
    },
    /\(b\) .*open claims: 68000 \+ 68000/,
  ],
  [
    'two live instructions of one line',
    (books) => change(books.instructions[1], { month: '2020-01' }),
    /line 1 is also in instruction i2/,
  ],
  [
    'an instruction beyond its line',
    (books) => change(books.instructions[0], { fen: 193601 }),
    /pays 193601 on line 1 of 193600/,
  ],
  [
    'an instruction for an unpublished run',
    (books) => change(books.runs[0], { status: 'rejected' }),
    /which is not published/,
  ],
  [
    'a balance that drifted',
    (books) => (books.balances = [{ awardId: 'award', month: '2020-01', fen: 1 }]),
    /balance of award 2020-01 is 1, its published lines sum to 232000/,
  ],
  [
    'a balance that is missing',
    (books) => (books.balances = []),
    /balance of award 2020-03 is missing, its published lines sum to 232000/,
  ],
])('observed rows with %s are found out', (_title, spoil, message) => {
  const clean = { ...observedRows(), claims: [] }
  expect(compareWithObserved(raised, clean)).toEqual([])

  const spoiled: OracleBooks = { ...observedRows(), claims: [] }
  spoil(spoiled)

  expect(compareWithObserved(raised, spoiled).join('\n')).toMatch(message)
})

test('without claims given, the open claims are derived and only the obligation is checked', () => {
  const books = observedRows()
  expect(checkInvariants(raised, books)).toEqual([])
})

function change<Row extends object>(row: Row | undefined, to: Partial<Row>): void {
  if (row === undefined) throw new Error('no such row')
  Object.assign(row, to)
}
