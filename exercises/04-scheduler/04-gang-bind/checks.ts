/**
 * Checks of `gang-bind`: stories of gangs in a small framework, each step judged; gangs that want the same room; and the plugin in
 * the real scheduler of a whole cluster, judged by the same rules.
 */
import { defineChecks, example, gangGuest, property, type Trial } from 'clusterwright/kit'
import { type Gang, type Happening, type Member, type Plan, roomyPlan, SHRINK, tightPlan } from './cases.ts'
import { Framework } from './framework.ts'
import { LIVE_SHRINK, livePlan, type LivePlan, liveWorld, runLive } from './live.ts'
import { texts } from './texts.ts'

const gang = (name: string, minMember: number, more: Partial<Gang> = {}): Gang => ({
  name,
  minMember,
  timeoutSeconds: 10,
  ...more,
})

/** Pods that come one after the other: `arrivals('red', 3)`. */
const arrivals = (name: string, count: number, fromMs = 0, more: Partial<Member> = {}) =>
  Array.from({ length: count }, (_, index) => ({
    atMs: fromMs + 100 * index,
    create: { name: `${name}-${index + 1}`, gang: name, ...more },
  }))

const at = <What extends Happening>(atMs: number, happening: What) => ({ atMs, ...happening })

const story =
  (plan: Partial<Plan> & Pick<Plan, 'events'>) =>
  (trial: Trial<any>): void =>
    new Framework(trial, { room: 60, groups: [], bound: [], ...plan }).run()

/** A story that is told once, in a cluster. */
const liveStory = (name: string, stage: string, hint: string, plan: LivePlan) =>
  property<LivePlan>(name, {
    ...{ stage, hint, per200: 1 },
    generate: () => plan,
    world: liveWorld,
    run: runLive,
    shrink: LIVE_SHRINK,
  })

/** Each gang could be complete. */
const isWhole = ({ groups, events, room }: Plan): boolean =>
  groups.length > 1 &&
  groups.every(({ name, minMember }) => {
    const members = events.filter((event) => 'create' in event && event.create.gang === name)
    return members.length >= minMember && room >= minMember
  })

const LOST = {
  'answer-lost': 'a Pod is bound, and nobody says so',
  'request-lost': 'a request to bind is lost',
  beaten: 'another scheduler is faster',
} as const

const checks = [
  example('the last one lets the others in', {
    stage: 'permit',
    hint: 'hold',
    run: story({
      groups: [gang('red', 3)],
      events: [...arrivals('red', 4), at(150, { create: { name: 'alone' } })],
      finished: ['red'],
    }),
  }),

  example('too few of them wait, and not for ever', {
    stage: 'permit',
    hint: 'hold',
    run: story({
      groups: [gang('red', 3), gang('blue', 2, { timeoutSeconds: 30 })],
      events: [
        ...arrivals('red', 2),
        ...arrivals('blue', 1, 50),
        at(300, { create: { name: 'lost', gang: 'unknown' } }),
      ],
    }),
  }),

  example('two gangs, and room for one', {
    stage: 'give-back',
    hint: 'give-back',
    run: story({
      room: 4,
      groups: [gang('red', 3), gang('blue', 3)],
      events: [...arrivals('red', 3), ...arrivals('blue', 3, 50)],
    }),
  }),

  example('whose gang is it?', {
    stage: 'permit',
    hint: 'count',
    run: story({
      groups: [gang('red', 3), gang('red', 2, { namespace: 'shop' }), gang('blue', 2), gang('green', 2)],
      bound: [
        { name: 'foreign', gang: 'red', scheduler: 'default-scheduler', phase: 'Running' },
        { name: 'elsewhere', gang: 'blue', namespace: 'shop', phase: 'Running' },
      ],
      events: [
        ...arrivals('red', 2),
        at(250, { create: { name: 'other', namespace: 'shop', gang: 'red' } }),
        ...arrivals('blue', 1, 300),
        // Another scheduler makes the gang complete; the next that is asked lets the first in.
        ...[...arrivals('green', 1), at(500, { create: { name: 'green-2', gang: 'green', elsewhere: true } })],
        at(1000, { create: { name: 'green-3', gang: 'green' } }),
      ],
    }),
  }),

  example('who is gone has no place', {
    stage: 'permit',
    hint: 'count',
    run: story({
      groups: [gang('red', 2), gang('blue', 2), gang('green', 2), gang('grey', 2), gang('white', 3)],
      bound: [
        { name: 'done', gang: 'green', phase: 'Succeeded' },
        { name: 'broken', gang: 'green', phase: 'Failed' },
        { name: 'leaving', gang: 'green', phase: 'Running', deleted: true },
      ],
      events: [
        // A member that waits is deleted, and comes again under its name.
        ...[...arrivals('red', 1), at(500, { delete: 'red-1' }), ...arrivals('red', 1, 600)],
        // Two run and are deleted; the third is alone.
        ...arrivals('blue', 2),
        ...[at(1000, { delete: 'blue-1' }), at(1000, { delete: 'blue-2' })],
        ...[at(9000, { create: { name: 'blue-3', gang: 'blue' } }), ...arrivals('green', 1)],
        // Two have finished.
        ...arrivals('grey', 2),
        ...[
          at(1000, { finish: 'grey-1' }),
          at(1000, { finish: 'grey-2' }),
          at(2000, { create: { name: 'grey-3', gang: 'grey' } }),
        ],
        // One is deleted while it is being bound, and another of its name has its place already; then one that is bound goes.
        ...[...arrivals('white', 3), at(205, { delete: 'white-1' })],
        ...[at(210, { create: { name: 'white-1', gang: 'white' } }), at(222, { delete: 'white-2' })],
        at(225, { create: { name: 'white-4', gang: 'white' } }),
      ],
    }),
  }),

  example('a binding can fail', {
    stage: 'lasting',
    hint: 'count',
    run: story({
      groups: [gang('red', 3), gang('blue', 2)],
      events: [
        ...arrivals('red', 2, 0, { failures: 1 }),
        at(500, { create: { name: 'red-3', gang: 'red' } }),
        ...arrivals('blue', 2, 0, { failures: 2 }),
      ],
      finished: ['red', 'blue'],
    }),
  }),

  example('room is given back twice, or was never held', {
    stage: 'give-back',
    hint: 'give-back',
    run: story({
      twice: true,
      groups: [gang('red', 3), gang('blue', 2), gang('green', 2)],
      events: [
        // Their time is up at 10 s, and they are Pending until they are tried again.
        ...[...arrivals('red', 2), at(10_500, { stray: 'red-1' }), at(10_600, { stray: 'red-2' })],
        // This one is refused by another plugin before it is reserved.
        ...[...arrivals('blue', 1), at(500, { create: { name: 'blue-2', gang: 'blue', refused: true } })],
        at(24_500, { create: { name: 'red-3', gang: 'red' } }),
        // So is this one; that another scheduler has bound enough of them by then is no reason to let one wait.
        ...[...arrivals('green', 1), at(500, { create: { name: 'green-2', gang: 'green', elsewhere: true } })],
        at(1000, { create: { name: 'green-3', gang: 'green', refused: true } }),
      ],
      finished: ['blue'],
    }),
  }),

  example('a scheduler that was started anew', {
    stage: 'lasting',
    hint: 'count',
    run: story({
      groups: [gang('red', 2), gang('blue', 3)],
      events: [
        ...[...arrivals('red', 2), ...arrivals('blue', 2), at(1000, { restart: true })],
        ...[
          at(2000, { create: { name: 'red-3', gang: 'red' } }),
          at(4000, { create: { name: 'blue-3', gang: 'blue' } }),
        ],
      ],
      finished: ['red', 'blue'],
    }),
  }),

  property<Plan>('any story with room for all: all or none', {
    stage: 'lasting',
    hint: 'count',
    per200: 25,
    generate: roomyPlan,
    run: (trial, plan) => new Framework(trial, plan).run(),
    shrink: SHRINK,
  }),

  property<Plan>('any order of gangs with room for one: one finishes', {
    stage: 'give-back',
    hint: 'give-back',
    per200: 8,
    generate: tightPlan,
    run: (trial, plan) => new Framework(trial, plan).run(),
    shrink: { ...SHRINK, valid: isWhole },
  }),

  // `green` has one member more than there is room for: it holds what there is until its time is up.
  liveStory('in a real cluster: who fits is bound, and who does not makes room', 'permit', 'hold', {
    room: [2, 4],
    groups: [gang('red', 3), gang('green', 4, { timeoutSeconds: 6 })],
    events: [
      ...arrivals('red', 3),
      at(500, { create: { name: 'stranger', gang: 'green', scheduler: 'default-scheduler' } }),
      ...arrivals('green', 4, 2000),
      at(4000, { create: { name: 'alone' } }),
    ],
    finished: ['red', 'alone'],
    pending: ['green'],
  }),

  liveStory('in a real cluster: two gangs, and room for one', 'give-back', 'give-back', {
    room: [2, 2],
    groups: [gang('red', 3, { timeoutSeconds: 5 }), gang('blue', 3, { timeoutSeconds: 7 })],
    events: [
      ...[...arrivals('red', 2), ...arrivals('blue', 2, 50)],
      ...[at(1000, { create: { name: 'red-3', gang: 'red' } }), at(1000, { create: { name: 'blue-3', gang: 'blue' } })],
    ],
    isTight: true,
  }),

  // Whoever comes again under its name is another Pod.
  liveStory('in a real cluster: a member is deleted while it waits', 'give-back', 'give-back', {
    room: [4, 4],
    groups: [gang('red', 3, { timeoutSeconds: 30 })],
    events: [
      ...arrivals('red', 2),
      at(2000, { delete: 'red-1' }),
      ...[at(4000, { create: { name: 'red-1', gang: 'red' } }), at(6000, { create: { name: 'red-3', gang: 'red' } })],
    ],
    finished: ['red'],
  }),

  // Bound by its lost answer, not bound by its lost request, bound elsewhere by another scheduler.
  ...(['answer-lost', 'request-lost', 'beaten'] as const).map((how) =>
    liveStory(`in a real cluster: ${LOST[how]}`, 'lasting', 'count', {
      room: [4, 4],
      groups: [gang('red', 3), gang('blue', 2)],
      events: [...arrivals('red', 4), ...arrivals('blue', 1, 1000), at(1500, { restart: true })],
      faults: [{ nth: 2, do: how, node: 'node-2' }],
      finished: ['red'],
      pending: ['blue'],
    }),
  ),

  property<LivePlan>('in a real cluster, whatever happens: all or none', {
    stage: 'lasting',
    hint: 'count',
    per200: 4,
    generate: livePlan,
    world: liveWorld,
    run: runLive,
    shrink: LIVE_SHRINK,
  }),
]

export default defineChecks(gangGuest(), checks, texts)
