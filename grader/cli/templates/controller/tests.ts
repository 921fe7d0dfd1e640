/** A learner's own examples: how one is read, and how a controller is held against it. */
import {
  addOn,
  API_SERVER,
  apiWorld,
  controllerGuest,
  defineTests,
  defineTexts,
  learnerController,
  pod,
  READY_MICROS,
  type Reader,
  seenBy,
  tell,
  type Trial,
} from 'clusterwright/kit'

const CONTROLLER = 'team-controller'
const PATIENCE_MICROS = 60_000_000

const { texts, say } = defineTexts({
  en: { otherwise: 'In the end its team is another.', none: 'no team' },
  es: { otherwise: 'Al final su equipo es otro.', none: 'ningún equipo' },
})

interface Example {
  /** The Pod's team when it is made, if it has one. */
  readonly team?: string
  /** So many patches are refused before one is let through. */
  readonly refused: number
  /** Its team in the end. */
  readonly expect: string
}

function read(given: Reader): Example {
  const [team, refused] = [given.only('name', 'team', 'refused', 'expect').at('team'), given.at('refused')]
  return {
    ...(team.isThere && { team: team.text() }),
    refused: refused.isThere ? refused.whole(0, 5) : 0,
    expect: given.at('expect').text(),
  }
}

function world({ team, refused }: Example, trial: Trial<any>) {
  const controller = learnerController(trial, {
    name: CONTROLLER,
    resources: ['pods'],
    keysOf: (_resource, { metadata }) => [`${metadata.namespace}/${metadata.name}`],
  })
  const built = apiWorld({ seed: trial.seed, components: { [CONTROLLER]: controller } })
  const busy = { verb: 'patch', resource: 'pods', from: 1, count: refused } as const
  const refusal = {
    ...busy,
    code: 429,
    reason: 'TooManyRequests',
    message: 'the server has received too many requests',
  }
  const options = { servers: [API_SERVER], refuse: refused > 0 ? [refusal] : [] }
  addOn(built, 'cp-1', CONTROLLER, options, { startAtMicros: READY_MICROS })
  tell(built, READY_MICROS, { do: 'create', object: pod('web').labels(team === undefined ? {} : { team }) })
  return built
}

function run(trial: Trial<any>, example: Example): void {
  const built = trial.world(example)
  built.run({ untilMicros: READY_MICROS + PATIENCE_MICROS })
  const team = seenBy(built, 'pods').get('default/web')?.metadata.labels?.['team']
  if (team === example.expect) return
  trial.fail({ message: say('otherwise'), expected: `team: ${example.expect}`, actual: team ?? say('none') })
}

export default defineTests<Example>({ guest: controllerGuest(), threshold: 2, beyond: [], read, world, run, texts })
