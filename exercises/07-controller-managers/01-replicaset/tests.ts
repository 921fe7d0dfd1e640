/** A learner's own examples for `replicaset`: how they are read. `tests-run.ts` plays them. */
import { controllerGuest, defineTests, type Reader } from 'clusterwright/kit'
import { type Example, type Expectation, runExample } from './tests-run.ts'
import { say, texts } from './tests-texts.ts'
import { type Act, type Plan, replicaSetWorld, type SetPlan } from './world.ts'

const SETS_MAX = 4
const REPLICAS_MAX = 20
const STEPS_MAX = 30
/** Two minutes: longer than any grace period, shorter than any patience. */
const TIME_MAX_MS = 120_000

/** Before the ReplicaSets are made; earlier nobody listens. */
const EARLIEST_MS = -400

const flagIn = (given: Reader, name: string): Record<string, boolean> =>
  given.at(name).isThere ? { [name]: given.at(name).flag() } : {}
const textIn = (given: Reader, name: string): Record<string, string> =>
  given.at(name).isThere ? { [name]: given.at(name).text() } : {}
const wholeIn = (given: Reader, name: string, most: number): Record<string, number> =>
  given.at(name).isThere ? { [name]: given.at(name).whole(0, most) } : {}

function readSet(given: Reader): SetPlan {
  given.only('name', 'replicas', 'app', 'neverReady')
  const [name, replicas] = [given.at('name').text(), given.at('replicas').whole(0, REPLICAS_MAX)]
  return { name, replicas, ...textIn(given, 'app'), ...flagIn(given, 'neverReady') }
}

const DOES = ['scale', 'remove', 'replace', 'pod', 'delete', 'vanish', 'fail', 'finish', 'unready', 'relabel'] as const

function readAct(given: Reader, setIn: (given: Reader) => string): Act {
  const what = given.at('do').oneOf(DOES)
  if (what === 'pod') {
    given.only('atMs', 'do', 'name', 'labels', 'namespace', 'owner', 'neverReady', 'unscheduled')
    const [name, labels] = [given.at('name').text(), given.at('labels').texts()]
    const more = { ...textIn(given, 'namespace'), ...textIn(given, 'owner') }
    return { do: what, pod: { name, labels, ...more, ...flagIn(given, 'neverReady'), ...flagIn(given, 'unscheduled') } }
  }
  given.only(
    'atMs',
    'do',
    'set',
    ...(what === 'scale' ? ['replicas'] : what === 'remove' || what === 'replace' ? [] : ['nth']),
  )
  const set = setIn(given.at('set'))
  if (what === 'scale') return { do: what, set, replicas: given.at('replicas').whole(0, REPLICAS_MAX) }
  if (what === 'remove' || what === 'replace') return { do: what, set }
  return { do: 'disturb', act: { do: what, set, nth: 0, ...wholeIn(given, 'nth', REPLICAS_MAX) } }
}

interface Known {
  readonly setIn: (given: Reader) => string
  /** Pods that are made by hand. */
  readonly pods: readonly string[]
}

function readExpectation(given: Reader, { setIn, pods }: Known): Expectation {
  const has = (name: string): boolean => given.at(name).isThere
  if (has('neverMore')) {
    given.only('set', 'neverMore')
    return { is: 'never', set: setIn(given.at('set')), most: given.at('neverMore').whole(0, REPLICAS_MAX) }
  }
  if (has('created') || has('deleted')) {
    given.only('created', 'deleted')
    return { is: 'calls', ...wholeIn(given, 'created', 1000), ...wholeIn(given, 'deleted', 1000) }
  }
  if (has('pod')) {
    const [pod, owner] = [given.only('atMs', 'pod', 'alive', 'owner').at('pod'), given.at('owner')]
    if (!pods.includes(pod.text())) pod.refuse(say('want-pod', { known: pods.join(', ') }))
    if (!has('alive') && !has('owner')) given.refuse(say('want-something'))
    if (has('owner') && owner.value !== null && !owner.isText) owner.refuse(say('want-owner'))
    const whose = has('owner') && { owner: owner.value as string | null }
    return { is: 'pod', atMs: timeIn(given), pod: pod.text(), ...flagIn(given, 'alive'), ...whose }
  }
  if (!has('set')) given.refuse(say('want-expectation'))
  given.only('atMs', 'set', 'alive', 'status')
  if (!has('alive') && !has('status')) given.refuse(say('want-something'))
  const status = has('status') && { status: readStatus(given.at('status')) }
  return { is: 'set', atMs: timeIn(given), set: setIn(given.at('set')), ...wholeIn(given, 'alive', 100), ...status }
}

const timeIn = (given: Reader): number => given.at('atMs').whole(0, TIME_MAX_MS)

function readStatus(given: Reader): Record<string, number> {
  given.only('replicas', 'readyReplicas', 'availableReplicas', 'fullyLabeledReplicas', 'observedGeneration')
  return Object.fromEntries(given.entries().map(([name, value]) => [name, value.whole(0, 1000)]))
}

function read(given: Reader): Example {
  given.only('name', 'sets', 'steps', 'cacheLagMs', 'diesAfterCall', 'expect')
  const [steps, lag, dies] = ['steps', 'cacheLagMs', 'diesAfterCall'].map((name) => given.at(name))
  const setReaders = given.at('sets').list(SETS_MAX)
  const sets = setReaders.map(readSet)
  const names = sets.map(({ name }) => name)
  setReaders.forEach(
    (set, index) => names.indexOf(names[index]!) < index && set.at('name').refuse(say('want-other-name')),
  )
  const setIn = (one: Reader): string => {
    if (!names.includes(one.text())) one.refuse(say('want-set', { known: names.join(', ') }))
    return one.text()
  }
  const acts = (steps!.isThere ? steps!.list(STEPS_MAX) : []).map((step) => ({
    atMs: step.at('atMs').whole(EARLIEST_MS, TIME_MAX_MS),
    act: readAct(step, setIn),
  }))
  const pods = acts.flatMap(({ act }) => (act.do === 'pod' ? [act.pod.name] : []))
  const expectations = given.at('expect').list()
  if (expectations.length === 0) given.at('expect').refuse(say('want-something'))
  const faults: Plan['faults'] = {
    ...(lag!.isThere && { lagMicros: lag!.whole(0, 30_000) * 1000 }),
    ...(dies!.isThere && { crash: { call: dies!.whole(1, 100), when: 'after' } }),
  }
  const expect = expectations.map((one) => readExpectation(one, { setIn, pods }))
  return { plan: { sets, steps: acts, faults }, expect }
}

export default defineTests<Example>({
  guest: controllerGuest(),
  threshold: 12,
  beyond: [
    // Only a refusal, a lost answer, a conflict or a clock that is set back shows what these do, or an order of news.
    ...['rests-by-the-clock', 'forgets-when-a-pod-goes'],
    ...['errors-swallowed', 'gives-up-after-a-refusal', 'retries-at-once', 'retries-in-a-loop'],
    'status-only-after-success',
    ...['lost-answer-is-a-failure', 'adopts-after-a-conflict', 'adopts-without-version', 'waits-for-ever'],
    // The cluster looks as it should, but for owners that are no controllers, and work that is for nothing.
    ...['adopts-and-drops-other-owners', 'release-drops-all-owners', 'status-always-written', 'gone-set-throws'],
    'release-keeps-the-reference',
    // Examples know no orphans that have failed or are being deleted, and none that never start.
    ...['adopts-what-has-failed', 'adopts-what-is-going', 'running-before-pending'],
  ],
  read,
  run: runExample,
  world: ({ plan }: Example, trial) => replicaSetWorld(plan, trial),
  texts,
})
