/** The toy controller of `greeter.ts` under faults, a check for each class: every Pod has one greeting, a ConfigMap, never two. */
import {
  addOn,
  API_SERVER,
  apiWorld,
  CONTROLLER_FAULTS,
  type ControllerFault,
  controllerGuest,
  controllerSites,
  deafMicros,
  defineChecks,
  endOfFaults,
  faultInWords,
  faultMatrix,
  faultOptions,
  type FaultPlan,
  learnerController,
  pod,
  READY_MICROS,
  runWatched,
  seenBy,
  strike,
  tell,
  type Trial,
  withNewsFaults,
} from '../kit.ts'

/** When each Pod is made, in seconds. */
interface Plan {
  readonly atSeconds: readonly number[]
}

const GREETER = 'cp-2/greeter'
/** So soon everything is right where nothing is wrong. */
const PROMPT_MICROS = 5_000_000

function world({ plan, fault: found = [] }: FaultPlan<Plan, readonly ControllerFault[]>, trial: Trial<any>) {
  const greeter = learnerController(trial, {
    name: 'greeter',
    resources: ['pods', 'configmaps'],
    keysOf: (_, { metadata: { namespace, name, labels } }) => [`${namespace}/${labels?.['greets'] ?? name}`],
  })
  const components = { greeter: withNewsFaults(greeter) }
  const built = apiWorld({ seed: trial.seed, components, watched: ['pods', 'configmaps'] })
  built.addMachine('cp-2')
  addOn(built, 'cp-2', 'greeter', { servers: [API_SERVER], ...faultOptions(found) }, { startAtMicros: READY_MICROS })
  strike(built, GREETER, found)
  for (const [index, at] of plan.atSeconds.entries()) {
    const name = `web-${index + 1}`
    tell(built, READY_MICROS + at * 1_000_000, { do: 'create', object: { ...pod(name) } })
    // Who looks at its Pod once more must not greet it once more.
    const patch = { metadata: { annotations: { seen: 'yes' } } }
    tell(built, READY_MICROS + at * 1_000_000 + 500_000, {
      ...{ do: 'patch', kind: 'Pod', namespace: 'default', name, patch },
    })
  }
  return built
}

function play(trial: Trial<any>, plan: Plan, found: readonly ControllerFault[]): void {
  const built = trial.world({ plan, fault: found })
  const end = Math.max(READY_MICROS + plan.atSeconds.at(-1)! * 1_000_000, endOfFaults(found))
  runWatched(built, { untilMicros: end + deafMicros(found) + PROMPT_MICROS, maxEvents: 100_000 }, ({ resource }) => {
    if (resource === 'configmaps') greetings(trial, built, 2)
  })
  greetings(trial, built, 1)
}

/** Fails where a Pod has as many greetings as it may never have, or, at the end, none. */
function greetings(trial: Trial<any>, built: ReturnType<typeof world>, wanted: 1 | 2): void {
  const made = [...seenBy(built, 'configmaps').values()].map(({ metadata }) => metadata.labels?.['greets'])
  for (const { metadata } of seenBy(built, 'pods').values()) {
    const count = made.filter((name) => name === metadata.name).length
    if (wanted === 2 ? count < 2 : count === 1) continue
    trial.fail({ message: `${metadata.name} has ${count} greetings.`, expected: '1', actual: `${count}` })
  }
}

const greetsOnce = (name: keyof typeof CONTROLLER_FAULTS) =>
  faultMatrix<Plan, ReturnType<typeof controllerSites>, ControllerFault>(name, {
    per200: 1,
    classes: [CONTROLLER_FAULTS[name]],
    generate: () => ({ atSeconds: [1, 40] }),
    world,
    inWords: faultInWords,
    sites(trial, plan) {
      play(trial, plan, [])
      return controllerSites(trial, GREETER)
    },
    run: play,
  })

export default defineChecks(
  controllerGuest(),
  (['watchExpired', 'listStale', 'alreadyExists', 'clockDrifts'] as const).map(greetsOnce),
)
