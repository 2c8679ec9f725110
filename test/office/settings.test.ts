import { afterAll, beforeAll, expect, test } from 'vitest'
import { tabTo } from './hands.ts'
import { openOffice, type OfficeWorld } from './office-world.ts'
import { judge, PLAIN, take } from './page-looks.ts'

/** What administrators and the county set, with the keyboard. */

let office: OfficeWorld

beforeAll(async () => {
  office = await openOffice()
}, 300_000)
afterAll(() => office.close())

test('a role of the county is made, and what it gives stands in the table of all roles', async () => {
  const { page, context, complaints } = await office.signIn('admin.security')
  await page.goto(`${office.url}roles`)
  await page.getByText('本县还没有自己的岗位').waitFor()
  await page.keyboard.press('F8')
  await page.getByLabel('岗位名称').waitFor()
  await page.keyboard.type('窗口受理')
  await tabTo(page, /^查找人员$/)
  await page.keyboard.press('Space')
  await tabTo(page, /^查看暂缓发放$/)
  await page.keyboard.press('Space')
  await page.keyboard.press('F8')
  await page.getByRole('heading', { name: '本县的岗位' }).waitFor()
  expect(await page.getByRole('row', { name: /^窗口受理/ }).innerText()).toContain('查看暂缓发放、查找人员')
  expect(await page.getByRole('columnheader', { name: /窗口受理/ }).innerText()).toContain('本县')
  expect(complaints).toEqual([])
  await context.close()
})

test('the calendar opens at the year of the system; another is entered from its notice and taken back', async () => {
  const { page, context, complaints } = await office.signIn('admin.system')
  await page.goto(`${office.url}calendar`)
  await page.getByRole('heading', { name: '2020 年工作日历' }).waitFor()
  await tabTo(page, /^录入 20\d\d 年$/)
  await page.keyboard.press('Enter')
  await page.getByLabel(/粘贴正文/).waitFor()
  const [, year = ''] = /录入 (\d{4}) 年/.exec(await page.locator('h1').innerText()) ?? []
  await tabTo(page, /粘贴正文/)
  await page.keyboard.insertText(
    `国办发明电〔${Number(year) - 1}〕7号\n元旦：1月1日至3日放假。国庆节：10月1日至7日放假调休。`,
  )
  await page.getByText('读出放假 10 天、上班 0 天').waitFor()
  await page.keyboard.press('F8')
  await page.getByRole('heading', { name: `${year} 年工作日历` }).waitFor()
  await page
    .getByText(`国办发明电〔${Number(year) - 1}〕7号《国务院办公厅关于${year}年部分节假日安排的通知》`)
    .waitFor()
  await tabTo(page, /^撤回录入$/)
  await page.keyboard.press('Enter')
  await tabTo(page, /^为什么撤回$/)
  await page.keyboard.type('文号抄错')
  await page.keyboard.press('F8')
  await page.getByText(`还没有 ${year} 年的工作日历`).first().waitFor()
  // What is not known is told by the browser too.
  expect(complaints.filter((each) => !each.includes('404'))).toEqual([])
  await context.close()
})

test('a setting is proposed on a document and published by a second person', async () => {
  const clerk = await office.signIn('clerk')
  await clerk.page.goto(`${office.url}settings`)
  await clerk.page.getByRole('heading', { name: '各项目的设置' }).waitFor()
  await tabTo(clerk.page, /更改 临时救助 乡镇审批限额/)
  await clerk.page.keyboard.press('Enter')
  await clerk.page.getByLabel('改成（元）').waitFor()
  await clerk.page.keyboard.type('2000')
  await clerk.page.getByLabel('从哪天起').fill('2020-11-01')
  await clerk.page.getByLabel('依据的文件').focus()
  await clerk.page.keyboard.type('民政局办公会议纪要')
  await clerk.page.keyboard.press('F8')
  await clerk.page.getByRole('heading', { name: '临时救助：乡镇审批限额（元）' }).waitFor()

  const checker = await office.signIn('checker')
  await checker.page.goto(`${office.url}settings`)
  await checker.page.getByRole('heading', { name: '临时救助：乡镇审批限额（元）' }).waitFor()
  await tabTo(checker.page, /^发布$/)
  await checker.page.keyboard.press('Enter')
  await checker.page.getByRole('dialog').waitFor()
  await checker.page.keyboard.press('F8')
  await checker.page.getByRole('dialog').waitFor({ state: 'detached' })
  const row = checker.page.getByRole('row', { name: /^临时救助 乡镇审批限额（元） 2000\.00/ })
  await row.waitFor()
  expect(await row.innerText()).toContain('民政局办公会议纪要 [本地规定]')
  for (const { context, complaints } of [clerk, checker]) {
    expect(complaints).toEqual([])
    await context.close()
  }
})

test('the administrator reads how the service is and what to do about it, sees to it, and looks again', async () => {
  const { page, context, complaints } = await office.signIn('admin.system')
  const ring = (copied: string) =>
    office.db.pool.query(
      `insert into platform.key_ring (id, fingerprint, newest, copied, copied_at) values ('this', repeat('0', 32), 'k1', ${copied})
       on conflict (id) do update set copied = excluded.copied, copied_at = excluded.copied_at`,
    )
  await ring('null, null')
  await page.goto(`${office.url}settings`)
  const card = page.getByRole('region', { name: '运行状况' })
  await card.getByText('密钥还没有另存副本').waitFor()
  expect(await card.innerText()).toContain('minben keys export')
  await take(page, '/settings administrator')
  expect(await judge(page, PLAIN)).toEqual([])
  await ring(`'k1', now()`)
  await tabTo(page, /^再查一次$/)
  await page.keyboard.press('Enter')
  await card.getByText('密钥还没有另存副本').waitFor({ state: 'detached' })
  await take(page, '/settings administrator well')
  expect(complaints).toEqual([])
  await context.close()
})
