import { expect, test } from 'vitest'
import { unkeptForms } from './form-checks.ts'
import { readSources } from './source-files.ts'

const pages = readSources(['web'], /\.tsx?$/)

/** Where something is typed and sent, and nothing may or can be kept of it. */
const EXEMPT: Readonly<Record<string, string>> = {
  'app/SignInPage.tsx SignInPassword': 'a password is never kept, and nobody is signed in yet',
  'app/SignInCode.tsx SignInCode': 'a code that is good once, and nobody is signed in yet',
  'app/SecondFactorSetup.tsx SecondFactorSetup': 'a password is never kept',
  'app/SecondFactorSetup.tsx Enrol': 'a code that is good once',
  'app/SecondFactor.tsx NewCodes': 'a password, and a code that is good once',
  'app/SecondFactor.tsx TurnOff': 'a password, and a code that is good once',
  'app/ProfilePage.tsx ProfilePage': 'how the office looks: in effect and kept the moment it is chosen',
  'app/ProfilePage.tsx Password': 'passwords are never kept',
  'engines/benefits/DeterminationBatch.tsx DeterminationBatch':
    'the number typed is a part of the signature: typed anew each time',
  'engines/benefits/RunSign.tsx RunSign': 'the number typed is a part of the signature: typed anew each time',
  'engines/funds/BatchSign.tsx BatchSign':
    'the number typed is a part of the signature: typed anew each time',
  'engines/benefits/TakeoverSign.tsx TakeoverSign':
    'the number typed is a part of the signature: typed anew each time',
  'engines/golive/GoLiveSign.tsx GoLiveSign':
    'the number typed is a part of the signature: typed anew each time',
  'engines/imports/ImportNewPage.tsx Upload': 'a file, which the person still has, and what kind it is',
  'engines/funds/BatchImport.tsx BatchImport': 'a file, which the person still has',
  'platform/SecondFactorRules.tsx SecondFactorRules': 'each tick acts at once: nothing waits to be sent',
  'engines/registry/PersonReveal.tsx PersonReveal': 'two choices for a look of a minute; nothing is entered',
}

test('every form of the office keeps what is typed, and what it sends names the form', () => {
  expect(unkeptForms(pages, EXEMPT)).toEqual([])
})

const planted = (text: string) => unkeptForms([{ path: 'web/engines/funds/X.tsx', text }], {})

test.each([
  [
    'a field of its own',
    `function X() { const send = useCommand(e); return <Confirm><Field label="a" /></Confirm> }`,
  ],
  [
    'a field in what it shows',
    `function X() { const send = useCommand(e); return <Inner /> } function Inner() { return <textarea /> }`,
  ],
  [
    'by a hook of its file',
    `function X() { const { send } = useIt(); return <TextBox /> } function useIt() { return { send: useCommand(e) } }`,
  ],
  ['a file', `function X() { const send = useCommand(e); return <FileChooser label="a" /> }`],
])('a form without useKept is found: %s', (_, text) => {
  expect(planted(text)).toEqual([expect.stringContaining('does not keep it')])
})

test('so is a write that does not name its form', () => {
  const text = `function X() { const form = useKept('x.y', {}, o); const send = useCommand(e, done); return <Field /> }`
  expect(planted(text)).toEqual([expect.stringContaining('names no form')])
  expect(planted(text.replace('done)', 'done, form)'))).toEqual([])
})

test('a page that shows a form which keeps its own has nothing to keep', () => {
  const text = `function X() { const send = useCommand(e); return <Form /> }
    function Form() { const form = useKept('x.y', {}, o); const send = useCommand(e, d, form); return <Field /> }`
  expect(planted(text)).toEqual([])
})

test.each([
  ['is not there', `function Y() { return null }`, 'exempt, and not there'],
  [
    'has nothing to keep',
    `function X() { const send = useCommand(e); return <Confirm /> }`,
    'exempt, and nothing to be said of it',
  ],
  [
    'keeps what is typed',
    `function X() { const form = useKept('x.y', {}, o); const send = useCommand(e, d, form); return <Field /> }`,
    'exempt, and nothing to be said of it',
  ],
])('an exempt line is taken away once its form %s', (_, text, finding) => {
  const files = [{ path: 'web/engines/funds/X.tsx', text }]
  expect(unkeptForms(files, { 'engines/funds/X.tsx X': 'why' })).toEqual([
    `engines/funds/X.tsx X: ${finding}`,
  ])
})
