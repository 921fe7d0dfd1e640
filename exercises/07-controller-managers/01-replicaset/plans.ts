/** Plans by chance: what is wanted, what happens, what goes wrong. Each family leans on one rule. */
import type { Chance, Disturbance } from 'clusterwright/kit'
import { type Act, CANARY, type Plan, type PodPlan } from './world.ts'

export type Step = Plan['steps'][number]

/** What is never taken away when a failing plan is made smaller. */
export const SHRINK = {
  fixed: [
    ...['sets', 'steps', 'faults', 'name', 'app', 'replicas', 'atMs', 'act', 'do', 'set', 'nth', 'pod', 'labels'],
    ...['owner', 'namespace', 'unscheduled', 'neverReady', 'neverStarts', 'tier', 'track', 'ageMsMin'],
    ...['verb', 'resource', 'call', 'when', 'from', 'count', 'code', 'reason', 'message'],
  ],
  nonEmpty: ['sets'],
  numbers: {
    ...{
      lagMicros: { least: 0, step: 100_000 },
      missesPerMille: { least: 0, step: 100 },
      twicePerMille: { least: 0, step: 100 },
    },
    ...{ replicas: { least: 1 }, nth: { least: 0 } },
  },
  triesMax: 16,
}

export const web = (replicas: number) => ({ name: 'web', replicas })
export const step = (atMs: number, act: Act): Step => ({ atMs, act })
export const orphan = (name: string, more: Partial<PodPlan> = {}): Act => ({
  do: 'pod',
  pod: { name, labels: { app: 'web' }, ...more },
})

/** Something befalls a Pod of `web` that has been there long enough to have started. */
export const disturb = (what: Disturbance['do'], nth: number, ageMsMin = 3000): Act => ({
  do: 'disturb',
  act: { do: what, set: 'web', nth, ageMsMin },
})
const vanishFrom = (set: string): Act => ({ do: 'disturb', act: { do: 'vanish', set, nth: 0 } })

/** A cache that lags, keys that come twice, and counts that change. */
export function lateCache(chance: Chance): Plan {
  const steps = chance.times(chance.between(1, 2), (index) => {
    const atMs = 1500 * index + chance.between(0, 5000)
    const act = chance.chance(0.5)
      ? disturb(chance.pick(['vanish', 'fail', 'delete', 'relabel']), chance.int(5))
      : ({ do: 'scale', set: 'web', replicas: chance.between(1, 4) } as const)
    return step(atMs, act)
  })
  const faults = { lagMicros: chance.between(1, 30) * 100_000, twicePerMille: chance.pick([0, 300]) }
  return { sets: [web(chance.between(1, 3))], steps, faults }
}

/** The set is scaled up and down, and nothing else happens: nothing may be made or deleted twice. */
export function scaling(chance: Chance): Plan {
  const steps = chance.times(chance.between(1, 3), (index) =>
    step(5000 * index + chance.between(0, 3000), { do: 'scale', set: 'web', replicas: chance.between(0, 6) }),
  )
  const sets = [web(chance.between(2, 6))]
  const faults = { lagMicros: chance.between(2, 25) * 100_000 }
  // A set that is going keeps its Pods: whether they go with it is not for its controller to say.
  if (chance.chance(0.3)) steps.push(step(20_000, { do: 'remove', set: 'web' }))
  return { sets, steps, faults }
}

/** Orphans, Pods of others, sets that share a label, sets that go. */
export function neighbours(chance: Chance): Plan {
  const shared = chance.chance(0.5)
  const sets = [
    web(chance.between(1, 3)),
    { name: 'api', replicas: chance.between(1, 2), ...(shared && { app: 'web' }) },
  ]
  const pods = chance.times(chance.between(1, 4), (index): Step => {
    const labels = { app: chance.pick(['web', 'web', 'api', 'db']), ...(chance.chance(0.2) && { track: CANARY }) }
    const kind = chance.pick(['orphan', 'orphan', 'owned', 'elsewhere'])
    const pod = {
      name: `${kind}-${index + 1}`,
      labels,
      ...(kind === 'owned' && { owner: 'green' }),
      ...(kind === 'elsewhere' && { namespace: 'kube-public' }),
    }
    return step(chance.between(0, 4000), { do: 'pod', pod })
  })
  const rest: Act[] = [
    disturb('relabel', chance.int(3)),
    { do: 'scale', set: 'web', replicas: chance.between(0, 3) },
    { do: 'replace', set: 'web' },
  ]
  const steps = [...pods, ...chance.some(rest, 0.4).map((act) => step(chance.between(5000, 9000), act))]
  if (chance.chance(0.3)) {
    steps.push(step(11_000, { do: 'remove', set: 'api' }), step(16_000, orphan('late', { labels: { app: 'api' } })))
    steps.push(step(17_000, vanishFrom('api')))
    steps.push(step(16_500, disturb('touch', 0)))
  }
  const lagMicros = chance.pick([0, 100_000, 800_000])
  for (const fate of chance.some(['failed', 'going'] as const, 0.3)) steps.push(step(3500, orphan(fate, { fate })))
  return { sets, steps, faults: { lagMicros } }
}

/** An orphan that another controller takes before the cache tells of it. */
export function contested(chance: Chance): Plan {
  const at = chance.between(3000, 4000)
  const steps = [
    step(at, orphan('blue-1')),
    step(at + chance.between(300, 1800), { do: 'take', name: 'blue-1' }),
    step(at + 6000, { do: 'scale', set: 'web', replicas: chance.between(1, 3) }),
  ]
  return { sets: [web(chance.between(1, 3))], steps, faults: { lagMicros: 2_000_000 } }
}

/** Pods of every kind, then fewer are wanted. */
export function fewer(chance: Chance): Plan {
  const count = chance.between(3, 6)
  const pods = chance.times(count, (index) => {
    const late = chance.chance(0.4)
    const picked: Partial<PodPlan> = chance.pick([{}, {}, { neverReady: true }, { unscheduled: true }])
    const kind = picked.neverReady && index % 2 === 1 ? { neverStarts: true } : picked
    return step(late ? 39_000 + index : index * 10, orphan(`pod-${index + 1}`, kind))
  })
  const unready = chance.chance(0.4) ? [step(42_000, disturb('unready', chance.int(count)))] : []
  const steps = [...pods, ...unready, step(45_000, { do: 'scale', set: 'web', replicas: chance.between(0, count - 1) })]
  return {
    sets: [web(count)],
    steps: [step(38_000, { do: 'scale', set: 'web', replicas: count }), ...steps],
    faults: {},
  }
}

/** A cache that misses three changes of ten, and an API server that restarts. */
export function brokenWatch(chance: Chance): Plan {
  const steps = chance.times(chance.between(1, 4), (index) => {
    const atMs = 3000 * index + chance.between(0, 2500)
    const act = chance.pick<Act>([
      disturb(chance.pick(['delete', 'fail', 'relabel']), chance.int(4), 13_000),
      { do: 'scale', set: 'web', replicas: chance.between(1, 5) },
      { do: 'restartApiServer' },
      orphan(`blue-${index + 1}`),
    ])
    return step(atMs, act)
  })
  const faults = { lagMicros: chance.pick([0, 200_000]), missesPerMille: 300, twicePerMille: 100 }
  return { sets: [web(chance.between(1, 4))], steps, faults }
}

/** A short life with everything in it: one adopted, some made, one replaced, fewer wanted. Few calls, each a place to die at. */
export function shortLife(chance: Chance): Plan {
  const steps = [
    step(-400, orphan('blue')),
    step(2000, { do: 'scale', set: 'web', replicas: 3 }),
    step(5000, disturb(chance.pick(['vanish', 'relabel']), chance.int(3), 1000)),
    step(7000, { do: 'scale', set: 'web', replicas: chance.between(1, 2) }),
  ]
  return { sets: [web(2)], steps, faults: { lagMicros: 200_000 } }
}

/** The cache hears nothing but a list every 10 s, and before the first of those the youngest Pods vanish. */
export function unseen(chance: Chance): Plan {
  const vanishing = chance.times(chance.between(1, 2), (index) =>
    step(11_000 + index * 500, disturb('vanish', chance.int(3), 0)),
  )
  // Whoever waits for something else to happen before it looks at its clock has that, too.
  const later = [60_000, 320_000, 380_000].map((atMs) => step(atMs, disturb('touch', 0)))
  const faults = { missesPerMille: 1000, relistMicros: 10_000_000 }
  return { sets: [web(chance.between(2, 3))], steps: [...vanishing, ...later], faults }
}
