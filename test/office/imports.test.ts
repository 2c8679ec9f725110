import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSheet } from '../../server/engines/imports/sheet.actions.ts'
import { idNumberOf } from '../import-sheet.ts'
import { decisionLines } from './office-lists.ts'
import { openOffice, type OfficeWorld } from './office-world.ts'

/** A list on the screen: uploaded, checked, loaded and undone with the keyboard. */

let office: OfficeWorld

beforeAll(async () => {
  office = await openOffice()
}, 300_000)
afterAll(() => office.close())

test('upload, columns, faults, load, undo', async () => {
  const { rows } = await office.db.pool.query<{ name: string }>(
    `select code as name from registry.area where length(code) = 12 and starts_with(code, $1) order by code limit 1`,
    [office.county],
  )
  const village = rows[0]?.name ?? ''
  const lines = [
    ['姓名', '证号（身份证）', '村（社区）'],
    ['卓玛·才仁', idNumberOf(800_001), village],
    ['李四', `${idNumberOf(800_002).slice(0, 17)}A`, village],
    ['王五', idNumberOf(800_003), '桃花源村'],
  ]
  const { page, context, complaints } = await office.signIn('clerk')
  await page.goto(`${office.url}imports`)
  await page.getByText('还没有导入过名册').waitFor()
  await page.keyboard.press('F8')
  await page.getByLabel(/选择 xlsx 或 csv 文件/).setInputFiles({
    ...{ name: '九月新增.csv', mimeType: 'text/csv' },
    buffer: Buffer.from(lines.map((line) => line.join(',')).join('\n')),
  })
  await page.keyboard.press('F8')
  await page.getByRole('heading', { name: '核对各列' }).waitFor()
  await page.getByText('先选哪一列是证件号码').waitFor()
  await page.getByLabel('证件号码（必须有）').focus()
  await page.getByLabel('证件号码（必须有）').selectOption({ label: '第 2 列 证号（身份证）' })
  await page.keyboard.press('F8')

  await page.getByText('检查过了：1 行可以载入').waitFor({ timeout: 30_000 })
  const faults = page.getByRole('table', { name: '需改正的行，按名册里的顺序' })
  expect((await faults.innerText()).replace(/\s+/g, ' ')).toContain('没有找到“桃花源村”')
  await page.getByRole('button', { name: /没有找到这个村（社区） 1 处/ }).press('Enter')
  await expect.poll(async () => faults.getByRole('row').count()).toBe(2)
  await page.keyboard.press('F8')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('F8')
  await page.getByText('已载入 1 行').waitFor({ timeout: 30_000 })
  await expect.poll(() => page.title()).toBe('名册导入 · 民本')
  await page.getByText('九月新增.csv', { exact: true }).waitFor()
  await page.reload()
  await page.getByText('已载入 1 行').waitFor()
  await page.keyboard.press('z')
  await page.getByLabel('为什么撤销').focus()
  await page.keyboard.type('名册传错了')
  await page.keyboard.press('F8')
  await page.getByText('已撤销 1 行').waitFor({ timeout: 30_000 })
  await page.getByText('名册传错了').waitFor()
  expect(complaints).toEqual([])
  await context.close()
}, 120_000)

test('a list of decisions: the template, what it proposes, where that is checked, undoing', async () => {
  const lines = await decisionLines(office, 3)
  const { page, context, complaints } = await office.signIn('clerk')
  await page.goto(`${office.url}imports/new`)
  await page.getByLabel('名册里是什么').selectOption({ label: '认定' })
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: '下载“认定”空白模板' }).press('Enter')
  const [header] = await readSheet(readFileSync(await (await saved).path()))
  expect(header?.cells.slice(0, 4)).toEqual([
    '姓名（必填）',
    '证件号码（必填）',
    '待遇项目（必填）',
    '办理类别（必填）',
  ])
  await page.getByLabel(/选择 xlsx 或 csv 文件/).setInputFiles({
    ...{ name: '特困新增.csv', mimeType: 'text/csv' },
    buffer: Buffer.from(lines.map((line) => line.join(',')).join('\n')),
  })
  await page.keyboard.press('F8')
  await page.getByRole('heading', { name: '核对各列' }).waitFor()
  await page.keyboard.press('F8')
  await page.getByText('检查过了：2 行可以载入').waitFor({ timeout: 30_000 })
  await page.getByText('自理能力没有“二级”这种写法').waitFor()
  await page.keyboard.press('F8')
  await page.getByText('由另一人复核后才生效').waitFor()
  await page.keyboard.press('F8')

  await page.getByText('提出的认定：待复核 2 份').first().waitFor({ timeout: 30_000 })
  const importPage = page.url()
  const proposals = page.getByRole('table', { name: '提出的认定' })
  await expect.poll(async () => proposals.getByRole('row').count()).toBe(3)
  await proposals
    .getByRole('link', { name: /特困人员救助供养 新批/ })
    .first()
    .press('Enter')
  await page.getByText('经评估符合条件').first().waitFor()
  await page.goto(importPage)
  await page.getByRole('link', { name: '认定待办' }).last().press('Enter')
  await page.getByRole('heading', { name: '认定待办' }).waitFor()
  await page.goto(importPage)
  await page.getByText('提出的认定：待复核 2 份').first().waitFor()
  await page.keyboard.press('z')
  await page.getByText('还待复核的认定撤回').waitFor()
  await page.getByLabel('为什么撤销').focus()
  await page.keyboard.type('名册传错了')
  await page.keyboard.press('F8')
  await page.getByText('已撤销 2 行').waitFor({ timeout: 30_000 })
  expect(complaints).toEqual([])
  await context.close()
}, 120_000)
