/** Each check is a name, a hint and a function of a trial; here the trials play in a small cluster. */
import type { Pod } from 'clusterwright/api'
import {
  addOn,
  API_SERVER,
  apiWorld,
  type Chance,
  controllerGuest,
  defineChecks,
  defineTexts,
  example,
  learnerController,
  pod,
  property,
  READY_MICROS,
  type Refusal,
  seenBy,
  tell,
  type Trial,
} from 'clusterwright/kit'

/** What the checks say, in both languages, by key. */
const { texts, say } = defineTexts({
  en: {
    team: 'After {seconds} s the team of Pod {pod} is wrong.',
    labels: 'Pod {pod} has lost a label that is none of your business.',
    none: 'no team',
  },
  es: {
    team: 'Pasados {seconds} s el equipo del Pod {pod} no es el correcto.',
    labels: 'El Pod {pod} ha perdido una etiqueta que no es asunto tuyo.',
    none: 'ningún equipo',
  },
  names: {
    'who has no team gets one, who has one keeps it': 'quien no tiene equipo recibe uno, quien lo tiene lo conserva',
    'every Pod has a team in the end, whatever is refused on the way':
      'al final todo Pod tiene equipo, se rechace lo que se rechace por el camino',
  },
})

/** A plan is plain JSON, so that a failing one can be made smaller and played again. */
interface Plan {
  readonly pods: readonly { readonly name: string; readonly team?: string }[]
  /** So many patches are refused before one is let through. */
  readonly refused: number
}

const CONTROLLER = 'team-controller'
const PATIENCE_SECONDS = 60

/** Builds the world of a plan; nothing has run yet. */
function world({ pods, refused }: Plan, trial: Trial<any>) {
  const controller = learnerController(trial, {
    name: CONTROLLER,
    resources: ['pods'],
    keysOf: (_resource, { metadata }) => [`${metadata.namespace}/${metadata.name}`],
  })
  const built = apiWorld({ seed: trial.seed, components: { [CONTROLLER]: controller } })
  const busy: Refusal = {
    verb: 'patch',
    resource: 'pods',
    from: 1,
    count: refused,
    code: 429,
    reason: 'TooManyRequests',
    message: 'the server has received too many requests',
  }
  const options = { servers: [API_SERVER], refuse: refused > 0 ? [busy] : [] }
  addOn(built, 'cp-1', CONTROLLER, options, { startAtMicros: READY_MICROS })
  for (const { name, team } of pods) {
    const labels = { app: 'web', ...(team !== undefined && { team }) }
    tell(built, READY_MICROS, { do: 'create', object: pod(name).labels(labels) })
  }
  return built
}

function play(trial: Trial<any>, { pods }: Plan): void {
  const built = trial.world()
  built.run({ untilMicros: READY_MICROS + PATIENCE_SECONDS * 1_000_000 })
  const seen = seenBy<Pod>(built, 'pods')
  for (const { name, team = 'unassigned' } of pods) {
    const labels = seen.get(`default/${name}`)?.metadata.labels ?? {}
    trial.equal(labels['app'], 'web', say('labels', { pod: name }), { hint: 'write' })
    if (labels['team'] === team) continue
    const message = say('team', { pod: name, seconds: PATIENCE_SECONDS })
    const hint = labels['team'] === undefined ? undefined : 'write'
    trial.fail({ message, expected: `team: ${team}`, actual: labels['team'] ?? say('none'), ...(hint && { hint }) })
  }
}

const teams = (chance: Chance): Plan => ({
  pods: chance.times(chance.between(1, 4), (index) => ({
    name: `web-${index + 1}`,
    ...(chance.chance(0.5) && { team: chance.pick(['blue', 'green']) }),
  })),
  refused: chance.int(4),
})

const TWO: Plan = { pods: [{ name: 'web-1' }, { name: 'web-2', team: 'blue' }], refused: 0 }

export default defineChecks(
  controllerGuest(),
  [
    example('who has no team gets one, who has one keeps it', {
      hint: 'read',
      plan: TWO,
      world,
      run: (trial) => play(trial, TWO),
    }),

    property('every Pod has a team in the end, whatever is refused on the way', {
      hint: 'again',
      per200: 40,
      generate: teams,
      world,
      run: play,
      shrink: { fixed: ['name'], nonEmpty: ['pods'] },
    }),
  ],
  texts,
)
