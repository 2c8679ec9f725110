import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../server/app.ts'
import { listClaims } from '../server/engines/funds/index.ts'
import { read } from '../server/platform/command.ts'
import { testDb, type TestDb } from './db.ts'
import { asApp, plantCounty, type PlantedCounty } from './scope-world.ts'

/** Two signatures, asked for in the code and held by a check constraint where the code is passed by. */

let db: TestDb
let here: PlantedCounty

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  here = await plantCounty(db, { county: '441882', month: '2020-02' })
})
afterAll(() => db.close())

describe('who makes does not approve', () => {
  const refused = { status: 403 }

  /** As the role of the product with the whole county in sight: the check constraint is what says no. */
  const sneak = (statement: string, values: unknown[]) =>
    asApp(db, ['441882'], (client) => client.query(statement, values))
  const broken = (constraint: string) => ({ code: '23514', constraint })

  test('a determination', async () => {
    const [person] = here.people
    const determination = {
      awardId: person?.awardId,
      kind: 'end',
      outcome: 'end',
      from: '2020-06',
      to: null,
      cause: '测试',
      clause: '',
      content: null,
    }
    const { ids } = await here.does(here.maker, commands.proposeDeterminations, {
      determinations: [determination],
    })
    await expect(here.does(here.maker, commands.checkDeterminations, { ids })).rejects.toMatchObject(refused)
    const statement = `update benefits.determination set status = 'effective', checked_by = made_by, recorded_at = now() where id = $1`
    await expect(sneak(statement, [ids[0]])).rejects.toMatchObject(broken('determination_two_people'))
  })

  test('a run: who started it neither checks nor approves it, who checked it does not approve it', async () => {
    const { runNo } = await here.does(here.maker, commands.startRun, {
      group: 'temporary_assistance',
      month: '2020-03',
    })
    const set = (status: string, more: string) =>
      `update benefits.run set status = '${status}'${more} where county = '441882' and no = $1`
    await db.pool.query(set('computed', `, computed_at = now(), lines = 0, total_fen = 0`), [runNo])
    await expect(here.does(here.maker, commands.checkRun, { runNo })).rejects.toMatchObject(refused)
    await expect(
      sneak(set('checked', `, checked_at = now(), checked_by = started_by`), [runNo]),
    ).rejects.toMatchObject(broken('run_checked_by_another'))
    await db.pool.query(set('checked', `, checked_by = '${here.checker.id}', checked_at = now()`), [runNo])
    for (const actor of [here.maker, here.checker]) {
      await expect(here.does(actor, commands.approveRun, { runNo })).rejects.toMatchObject(refused)
    }
    for (const who of ['started_by', 'checked_by']) {
      await expect(
        sneak(set('approved', `, approved_at = now(), approved_by = ${who}`), [runNo]),
      ).rejects.toMatchObject(broken('run_two_people'))
    }
    await expect(sneak(set('approved', ''), [runNo])).rejects.toMatchObject(broken('run_approved'))
  })

  test('a batch', async () => {
    await expect(here.does(here.maker, commands.approveBatch, { batchNo: 2 })).rejects.toMatchObject(refused)
    const statement = `update funds.batch set status = 'approved', approved_at = now(), approved_by = $1 where county = '441882' and no = 2`
    await expect(sneak(statement, [here.maker.id])).rejects.toMatchObject(broken('batch_two_people'))
    await expect(sneak(statement, [null])).rejects.toMatchObject(broken('batch_approved'))
  })

  test('a policy', async () => {
    const { rows } = await db.pool.query<{ text: string }>(
      `select content as text from benefits.policy_load where area = '441882'`,
    )
    const { policyId } = await here.does(here.maker, commands.loadPolicy, { text: rows[0]?.text })
    await expect(here.does(here.maker, commands.publishPolicy, { policyId })).rejects.toMatchObject(refused)
    const statement = `update benefits.policy_load set published_by = made_by, published_at = now() where id = $1`
    await expect(sneak(statement, [policyId])).rejects.toMatchObject(broken('policy_load_two_people'))
  })

  test('a write-off', async () => {
    const [claim] = await read(db.deps, { actor: here.maker, county: here.county }, (ctx) =>
      listClaims(ctx, { status: 'open' }),
    )
    const { writeOffId } = await here.does(here.maker, commands.proposeWriteOff, {
      claimId: claim?.id,
      fen: 1_00,
      clause: '确无偿还能力',
    })
    await expect(
      here.does(here.maker, commands.answerWriteOff, { writeOffId, agrees: true }),
    ).rejects.toMatchObject(refused)
    const statement = `update funds.write_off set status = 'effective', checked_by = decided_by, checked_at = now() where id = $1`
    await expect(sneak(statement, [writeOffId])).rejects.toMatchObject(broken('write_off_two_people'))
    await expect(
      sneak(`update funds.write_off set status = 'effective' where id = $1`, [writeOffId]),
    ).rejects.toMatchObject(broken('write_off_checked'))
  })

  test('the list of the old system', async () => {
    const award = {
      program: 'subsistence_allowance',
      holderKind: 'household',
      holderId: randomUUID(),
      town: null,
      village: null,
    }
    const opening = { ledgerOpensMonth: '2020-01', lastPaidMonth: '2019-12', lastPaidFen: 100 }
    const { takeoverId, ids } = await here.does(here.maker, commands.proposeTakeover, {
      awards: [{ ...award, ...opening }],
    })
    await expect(here.does(here.maker, commands.signTakeover, { takeoverId })).rejects.toMatchObject(refused)
    const sign = (who: string) =>
      `update benefits.takeover set status = 'signed', signed_by = ${who}, recorded_at = now() where id = $1`
    await expect(sneak(sign('made_by'), [takeoverId])).rejects.toMatchObject(broken('takeover_two_people'))
    await expect(sneak(sign('null'), [takeoverId])).rejects.toMatchObject(broken('takeover_signed'))
    const plant = (signer: string) =>
      `insert into benefits.award (county, id, program, holder_kind, holder_id, ledger_opens_month, last_paid_month, last_paid_fen,
                                   created_by, signed_by, recorded_at)
       select a.county, a.id, a.program, a.holder_kind, a.holder_id, a.ledger_opens_month, a.last_paid_month, a.last_paid_fen,
              t.made_by, ${signer}, now()
         from benefits.takeover_award a join benefits.takeover t on t.county = a.county and t.id = a.takeover_id where a.id = $1`
    for (const signer of ['t.made_by', 't.signed_by'])
      await expect(sneak(plant(signer), ids)).rejects.toMatchObject(broken('award_opening_signed'))
  })

  test('a correction', async () => {
    const { correctionId } = await here.does(here.approver, commands.proposeCorrection, {
      kind: 'fact',
      subject: here.people[0]?.id,
      clause: '第三十一条',
    })
    await expect(here.does(here.approver, commands.decideCorrection, { correctionId })).rejects.toMatchObject(
      refused,
    )
    const decide = (who: string) =>
      `update benefits.correction set status = 'decided', checked_by = ${who}, recorded_at = now() where id = $1`
    await expect(sneak(decide('made_by'), [correctionId])).rejects.toMatchObject(
      broken('correction_two_people'),
    )
    await expect(sneak(decide('null'), [correctionId])).rejects.toMatchObject(broken('correction_answered'))
  })
})
