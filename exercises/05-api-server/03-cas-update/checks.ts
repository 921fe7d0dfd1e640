/** Checks of `cas-update`: examples, every order of a few writers, crowds, answers that get lost, and what it costs. */
import { cost, defineChecks, example, exploration, faults, property, type Trial } from 'clusterwright/kit'
import { type Case, crowdCase, INSISTENT, lossCase, RACES } from './cases.ts'
import { STORAGE } from './guest.ts'
import { livesOn, type ServerPlan, serverPlan, serverWorld, tellServer } from './in-the-server.ts'
import { judge, run } from './judge.ts'
import { writerName } from './store.ts'
import { type Loss, oneByOne, tellCrowd, tellLoss, tellRace, withLoss } from './tell.ts'
import { say, texts } from './texts.ts'

const shown = (...cases: Case[]) => ({
  run(trial: Trial<any>): void {
    for (const plan of cases) judge(trial, plan, 'by-latency')
  },
})

const alone = (wish: Case['writers'][number]['wishes'][number], count: number | null = 3): Case => ({
  count,
  writers: [{ wishes: [wish] }],
})

/** Somebody else writes in each of so many milliseconds: whoever reads before each try is outrun half as often. */
const OUTRUN_MS = 330

const crowd = (many: number): Case => ({
  count: 0,
  writers: Array.from({ length: many }, () => ({ wishes: [{ add: 1 }] })),
})

/** Every call that was made may have been the one. */
function losses(trial: Trial<any>, plan: Case): Loss[] {
  const { processes } = run(trial, plan, 'by-latency')
  const { calls } = processes[0]!
  return Array.from({ length: Math.min(calls, 12) }, (_, index) => index + 1).flatMap((call) =>
    [true, false].map((carriedOut): Loss => ({ writer: 0, call, carriedOut })),
  )
}

/** Calls of the first writer, and how often it was outrun. */
function spent(trial: Trial<any>, plan: Case): { calls: number; outrun: number } {
  const { store } = run(trial, plan, 'evenly')
  const spans = [...store.spans].filter(([name]) => name.startsWith(`${writerName(0)}/`)).map(([, span]) => span)
  const calls = spans.reduce((sum, span) => sum + span.calls, 0)
  const writes = store.changes.filter(({ by }) => by?.startsWith(`${writerName(0)}/`)).length
  return { calls, outrun: spans.reduce((sum, { txns }) => sum + txns, 0) - writes }
}

const checks = [
  example('an update reads, changes and writes', {
    stage: 'update',
    hint: 'update',
    ...shown(
      alone({ add: 1 }),
      alone({ add: 2, refuseFrom: 3 }),
      alone({ add: 1 }, null),
      alone({ add: 1, key: 'db' }),
    ),
  }),

  example('what changes nothing writes nothing', {
    stage: 'update',
    hint: 'update',
    ...shown({ count: 0, writers: [{ wishes: [{ label: 'gold' }, { label: 'gold' }, { label: 'silver' }] }] }),
  }),

  example('two at once both count, and so do twelve', {
    stage: 'races',
    hint: 'races',
    run(trial) {
      for (const many of [2, 12]) judge(trial, crowd(many), 'evenly')
    },
  }),

  example('who insists on another version or UID is refused', {
    stage: 'preconditions',
    hint: 'preconditions',
    ...shown(
      ...[alone({ add: 1, resourceVersion: 'first' }), alone({ add: 1, resourceVersion: 'other' })],
      ...[
        alone({ add: 1, resourceVersion: 'later' }),
        alone({ add: 1, uid: 'first' }),
        alone({ add: 1, uid: 'other' }),
      ],
      alone({ add: 1, uid: 'first', resourceVersion: 'other' }),
      // Whatever the update would say: that it refuses, or that nothing changes.
      alone({ add: 1, refuseFrom: 3, uid: 'other' }),
      { count: 0, writers: [{ wishes: [{ label: 'gold' }, { label: 'gold', resourceVersion: 'first' }] }] },
      {
        count: 0,
        writers: [
          {
            wishes: [
              { add: 1, resourceVersion: 'first' },
              { add: 1, resourceVersion: 'first' },
            ],
          },
        ],
      },
    ),
  }),

  example('who is always outrun goes on', {
    stage: 'races',
    hint: 'races',
    run(trial) {
      const others = Array.from({ length: OUTRUN_MS }, (_, index) => ({ atMs: index + 1, do: 'add' as const }))
      judge(trial, { count: 0, writers: [{ wishes: [{ add: 1 }] }], timed: others }, 'evenly')
    },
  }),

  exploration<Case>('in every order of a few writers, no change is lost', {
    stage: 'races',
    hint: 'races',
    cases: RACES,
    bound: { deviations: 3 },
    budget: { schedules: 600 },
    run: (trial, plan) => judge(trial, plan, 'in-turns'),
    tell: tellRace,
  }),

  exploration<Case>('in every order, what is insisted on holds', {
    stage: 'preconditions',
    hint: 'preconditions',
    cases: INSISTENT,
    bound: { deviations: 3 },
    budget: { schedules: 600 },
    run: (trial, plan) => judge(trial, plan, 'in-turns'),
    tell: tellRace,
  }),

  property<Case>('in a crowd, each write is one update of what was there', {
    stage: 'races',
    hint: 'races',
    per200: 50,
    generate: crowdCase,
    run: (trial, plan) => judge(trial, plan, 'by-latency'),
    calm: oneByOne,
    tell: tellCrowd,
    shrink: { fixed: ['count', 'writers', 'wishes'], nonEmpty: ['writers', 'wishes'] },
  }),

  faults<Case, Loss>('a call without an answer is not made again', {
    stage: 'timeouts',
    hint: 'timeout',
    per200: 8,
    generate: lossCase,
    faults: losses,
    run: (trial, { writers, ...plan }, loss) => judge(trial, withLoss({ ...plan, writers }, loss), 'by-latency'),
    tell: tellLoss,
    shrink: {
      fixed: ['count', 'writers', 'wishes', 'call', 'carriedOut', 'writer', 'plan'],
      nonEmpty: ['writers', 'wishes'],
    },
  }),

  property<ServerPlan>('in the API server of a cluster, no change is lost', {
    stage: 'races',
    hint: 'races',
    per200: 2,
    generate: serverPlan,
    world: serverWorld,
    run: livesOn,
    calm: ({ bursts }) => ({ bursts: bursts.map((burst) => ({ ...burst, patches: 1 })) }),
    tell: tellServer,
    shrink: { fixed: ['bursts', 'atMs', 'patches', 'insists', 'anew'], triesMax: 4 },
  }),

  cost('it takes two calls, and two more for each time that it is outrun', {
    stage: 'update',
    hint: 'races',
    run(trial) {
      const single = spent(trial, alone({ add: 1 }))
      trial.ensure(single.calls <= 2, () => ({
        message: say('too-dear'),
        expected: say('at-most', { calls: 2 }),
        actual: String(single.calls),
        hint: 'update',
      }))
      const { calls, outrun } = spent(trial, {
        count: 0,
        writers: Array.from({ length: 5 }, (_, index) => ({ wishes: [{ add: 1 }], atMs: index === 0 ? 1 : 0 })),
      })
      trial.ensure(calls <= 2 + 2 * outrun, () => ({
        message: say('too-dear-races', { times: outrun }),
        expected: say('at-most', { calls: 2 + 2 * outrun }),
        actual: String(calls),
      }))
    },
  }),
]

export default defineChecks(STORAGE, checks, texts)
