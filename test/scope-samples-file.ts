import { mayHave, type Asked, type Samples } from './scope-samples.ts'

/** Lines of the addresses of the person file. */

/** The file of a person is where the person is. */
const ofPerson = ({ of, scope, person }: Asked, ids?: readonly string[]) =>
  mayHave(scope, of.county, person)
    ? { status: 200, ...(ids ? { ids } : {}) }
    : { status: 404, code: 'registry.person_unknown' }

export const FILE_SAMPLES: Samples = {
  'GET /api/counties/:county/people/:personId': (asked) => ({
    path: { personId: asked.person.id },
    answer: ofPerson(asked, [asked.person.id]),
    idsOf: (body) => [(body as { person: { id: string } }).person.id],
  }),
  'GET /api/counties/:county/people/:personId/timeline': (asked) => ({
    path: { personId: asked.person.id },
    // Joining the household is one event of everybody; whoever asks with this permission alone sees no money.
    answer: ofPerson(asked, ['household']),
    idsOf: (body) =>
      (body as { events: { kind: string }[] }).events.flatMap(({ kind }) =>
        kind === 'household' ? kind : [],
      ),
  }),
  'GET /api/counties/:county/people/:personId/viewers': (asked) => ({
    path: { personId: asked.person.id },
    answer: ofPerson(asked),
  }),
  'POST /api/counties/:county/people/:personId/reveal': (asked) => ({
    path: { personId: asked.person.id },
    body: { what: 'phone', reason: 'verify_identity' },
    answer: ofPerson(asked),
  }),
  'GET /api/counties/:county/households/:householdId': (asked) => ({
    path: { householdId: asked.person.householdId },
    answer: mayHave(asked.scope, asked.of.county, asked.person)
      ? { status: 200, ids: [asked.person.id] }
      : { status: 404, code: 'registry.household_unknown' },
    idsOf: (body) => (body as { members: { personId: string }[] }).members.map(({ personId }) => personId),
  }),
  'GET /api/counties/:county/awards/:awardId': (asked) => ({
    path: { awardId: asked.person.awardId },
    answer: mayHave(asked.scope, asked.of.county, asked.person)
      ? { status: 200, ids: [asked.person.awardId] }
      : { status: 404, code: 'benefits.award_unknown' },
    idsOf: (body) => [(body as { award: { id: string } }).award.id],
  }),
}
