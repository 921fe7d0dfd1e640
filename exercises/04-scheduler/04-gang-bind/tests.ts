/**
 * A learner's own examples for `gang-bind`: how they are read.
 *
 * An example says at each step what the plugin answers, so that it also says who waits and who is on the way to a node. Reading
 * follows this: a step that cannot come next is refused. That the answers are right is for right solutions to show.
 */
import type { Pod } from 'clusterwright/api'
import { defineTests, GANG_LABEL, gangGuest, type Reader } from 'clusterwright/kit'
import { GANG_SCHEDULER, podOf } from './cases.ts'
import { CODES, type Example, type PodGroup, run, type Step } from './tests-run.ts'
import { say, texts } from './tests-texts.ts'

const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const STEPS_MAX = 60

type Place = 'none' | 'waits' | 'on-way' | 'bound'

interface Known {
  pod: Pod
  place: Place
  /** Another one of this name is another Pod. */
  lives: number
}

/** What has become of the Pods, as the example has it. */
class Story {
  readonly #pods = new Map<string, Known>()

  get bound(): readonly Pod[] {
    return [...this.#pods.values()].filter(({ place }) => place === 'bound').map(({ pod }) => pod)
  }

  add(given: Reader, pod: Pod): void {
    const { name } = pod.metadata
    if (this.#pods.has(name)) given.at('metadata').at('name').refuse(say('want-new-name'))
    this.#pods.set(name, { pod, place: pod.spec.nodeName === undefined ? 'none' : 'bound', lives: 1 })
  }

  /** The Pod that is named, if it is in one of these places. */
  one(given: Reader, ...places: readonly Place[]): Known {
    const name = given.text()
    const known = this.#pods.get(name)
    if (known && places.includes(known.place)) return known
    const fitting = [...this.#pods].filter(([, { place }]) => places.includes(place)).map(([other]) => other)
    const which = { pods: fitting.join(', ') || '–' }
    if (!known) given.refuse(say('want-known', which))
    given.refuse(say(`is-${known.place}`, which))
  }

  /** Those that are named have waited and are somewhere else now. */
  move(given: Reader, place: Place): readonly string[] {
    if (!given.isThere) return []
    return given.list().map((name) => {
      const known = this.one(name, 'waits')
      known.place = place
      return known.pod.metadata.name
    })
  }

  restart(): void {
    for (const known of this.#pods.values()) if (known.place !== 'bound') known.place = 'none'
  }
}

// ── PodGroups and Pods ──────────────────────────────────────────────────────────────────────────────────────────────

function nameAt(given: Reader, name: string, otherwise?: string): string {
  const one = given.at(name)
  if (!one.isThere && otherwise !== undefined) return otherwise
  if (!NAME.test(one.text())) one.refuse(say('want-name'))
  return one.text()
}

function readGroup(given: Reader): PodGroup {
  const [metadata, spec] = [given.only('metadata', 'spec').at('metadata').only('name', 'namespace'), given.at('spec')]
  const seconds = spec.only('minMember', 'scheduleTimeoutSeconds').at('scheduleTimeoutSeconds')
  return {
    metadata: { name: nameAt(metadata, 'name'), namespace: nameAt(metadata, 'namespace', 'default') },
    spec: {
      minMember: spec.at('minMember').whole(1, 20),
      scheduleTimeoutSeconds: seconds.isThere ? seconds.whole(1, 900) : 10,
    },
  }
}

function readGroups(given: Reader): PodGroup[] {
  const list = given.isThere ? given.list(10) : []
  const groups = list.map(readGroup)
  const ids = groups.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
  ids.forEach((id, index) => {
    if (ids.indexOf(id) < index) list[index]!.at('metadata').at('name').refuse(say('want-new-name'))
  })
  return groups
}

function readPod(given: Reader): Pod {
  const metadata = given.only('metadata', 'spec').at('metadata').only('name', 'namespace', 'labels')
  const [labels, spec] = [metadata.at('labels'), given.at('spec')]
  const isSpec = spec.isThere && spec.only('schedulerName', 'nodeName').isThere
  const name = nameAt(metadata, 'name')
  const made = podOf(
    {
      name,
      namespace: nameAt(metadata, 'namespace', 'default'),
      scheduler: isSpec ? nameAt(spec, 'schedulerName', GANG_SCHEDULER) : GANG_SCHEDULER,
      ...(labels.isThere && { gang: nameAt(labels.only(GANG_LABEL), GANG_LABEL) }),
    },
    `uid-${name}-1`,
  )
  return isSpec && spec.at('nodeName').isThere ? onNode(made, nameAt(spec, 'nodeName')) : made
}

const onNode = (pod: Pod, nodeName: string): Pod => ({
  ...pod,
  spec: { ...pod.spec, nodeName },
  status: { phase: 'Running' },
})

// ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function readAttempt(given: Reader, story: Story, nodes: Map<string, string>): Step {
  const known = story.one(given.only('do', 'pod', 'node', 'expect').at('pod'), 'none')
  const { pod } = known
  if (pod.spec.schedulerName !== GANG_SCHEDULER) given.at('pod').refuse(say('want-ours'))
  const nodeName = nameAt(given, 'node', 'node-1')
  const expect = given.at('expect').only('code', 'timeoutMs', 'allows')
  const code = expect.at('code').oneOf(CODES)
  const time = expect.at('timeoutMs')
  if (time.isThere && code !== 'Wait') time.refuse(say('want-wait'))
  const timeoutMs = time.isThere ? time.whole(1, 900_000) : undefined
  const allows = story.move(expect.at('allows'), 'on-way')
  known.place = code === 'Success' ? 'on-way' : code === 'Wait' ? 'waits' : 'none'
  nodes.set(pod.metadata.uid!, nodeName)
  return { do: 'attempt', pod, nodeName, bound: story.bound, code, timeoutMs, allows }
}

function readChange(given: Reader, story: Story, what: 'finish' | 'fail' | 'terminate' | 'remove'): void {
  const known = story.one(given.only('do', 'pod').at('pod'), 'bound', ...(what === 'remove' ? ['none' as const] : []))
  const { pod } = known
  const { metadata, spec } = pod
  if (what === 'finish' || what === 'fail')
    known.pod = { ...pod, status: { phase: what === 'finish' ? 'Succeeded' : 'Failed' } }
  else if (what === 'terminate')
    known.pod = { ...pod, metadata: { ...metadata, deletionTimestamp: '2026-01-01T09:00:00Z' } }
  else {
    const { name, namespace, labels } = metadata
    const gang = labels?.[GANG_LABEL]
    const another = { name, namespace: namespace!, scheduler: spec.schedulerName!, ...(gang !== undefined && { gang }) }
    known.pod = podOf(another, `uid-${name}-${++known.lives}`)
    known.place = 'none'
  }
}

const DEEDS = ['attempt', 'bind', 'unreserve', 'finish', 'fail', 'terminate', 'remove', 'restart'] as const

/** A step of which the plugin hears nothing is seen in the next one's `bound`. */
function readStep(given: Reader, story: Story, nodes: Map<string, string>): Step | undefined {
  const deed = given.at('do').oneOf(DEEDS)
  if (deed === 'attempt') return readAttempt(given, story, nodes)
  if (deed === 'restart') {
    given.only('do')
    story.restart()
    return { do: 'restart' }
  }
  if (deed === 'bind') {
    const known = story.one(given.only('do', 'pod').at('pod'), 'on-way')
    const [{ pod }, nodeName] = [known, nodes.get(known.pod.metadata.uid!)!]
    known.pod = onNode(pod, nodeName)
    known.place = 'bound'
    return { do: 'bind', pod, nodeName, bound: story.bound }
  }
  if (deed !== 'unreserve') {
    readChange(given, story, deed)
    return undefined
  }
  const known = story.one(given.only('do', 'pod', 'rejects').at('pod'), 'none', 'waits', 'on-way')
  if (known.pod.spec.schedulerName !== GANG_SCHEDULER) given.at('pod').refuse(say('want-ours'))
  known.place = 'none'
  return { do: 'unreserve', pod: known.pod, bound: story.bound, rejects: story.move(given.at('rejects'), 'none') }
}

function read(given: Reader): Example {
  const groups = readGroups(given.only('name', 'podGroups', 'pods', 'steps').at('podGroups'))
  const story = new Story()
  for (const one of given.at('pods').list(30)) story.add(one, readPod(one))
  const nodes = new Map<string, string>()
  const steps = given
    .at('steps')
    .list(STEPS_MAX)
    .map((one) => readStep(one, story, nodes))
  if (steps.every((step) => step?.do !== 'attempt' && step?.do !== 'unreserve'))
    given.at('steps').refuse(say('want-asked'))
  return { groups, steps }
}

/** No example binds a Pod elsewhere, has two of one name at once, or one on a node that does not run yet. */
const BEYOND = [
  'allows-at-the-exact-number',
  'forgets-by-name',
  'rejects-only-while-incomplete',
  'running-have-a-place',
]

export default defineTests<Example>({ guest: gangGuest(), threshold: 14, beyond: BEYOND, read, run, texts })
