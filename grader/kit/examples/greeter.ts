/** A check of liveness for a toy controller: for every Pod there is a ConfigMap of the same name. */
import {
  addOn,
  API_SERVER,
  apiWorld,
  controllerGuest,
  defineChecks,
  learnerController,
  liveness,
  pod,
  READY_MICROS,
  seenBy,
  tell,
  type Trial,
} from '../kit.ts'

interface Plan {
  /** When each Pod is made, in milliseconds. */
  readonly atMs: readonly number[]
  readonly lagMicros: number
}

function world({ atMs, lagMicros }: Plan, trial: Trial<Plan>) {
  const greeter = learnerController(trial, {
    name: 'greeter',
    resources: ['pods'],
    keysOf: (_, { metadata: { namespace, name } }) => [`${namespace}/${name}`],
  })
  const built = apiWorld({ seed: trial.seed, components: { greeter }, watched: ['pods', 'configmaps'] })
  const busy = { verb: 'create', resource: 'configmaps', from: 1, count: 99, forMicros: 3_000_000 } as const
  const refusal = { ...busy, code: 503, reason: 'ServiceUnavailable', message: 'busy' }
  addOn(
    built,
    'cp-1',
    'greeter',
    { servers: [API_SERVER], lagMicros, refuse: [refusal] },
    { startAtMicros: READY_MICROS },
  )
  atMs.forEach((at, index) => {
    tell(built, READY_MICROS + at * 1000, { do: 'create', object: { ...pod(`web-${index + 1}`) } })
  })
  return built
}

// region liveness
const everybodyIsGreeted = liveness<Plan>('every Pod is greeted in the end', {
  per200: 5,
  generate: (chance) => ({ atMs: chance.times(3, () => chance.int(4000)), lagMicros: chance.int(500_000) }),
  world,
  quietAtMicros: () => READY_MICROS + 5_000_000,
  withinMicros: 60_000_000,
  unsettled(at) {
    const greeted = new Set([...seenBy(at, 'configmaps').values()].map(({ metadata }) => metadata.name))
    const lacking = [...seenBy(at, 'pods').values()].find(({ metadata }) => !greeted.has(metadata.name))
    if (!lacking) return undefined
    const { name } = lacking.metadata
    return {
      what: `${name} has no greeting`,
      expected: `ConfigMap ${name}`,
      actual: 'nothing',
      object: { kind: 'Pod', name },
    }
  },
})
// endregion

export default defineChecks(controllerGuest(), [everybodyIsGreeted])
