/** A learner's own examples for `spread-affinity`: how they are read. How a plugin is held against them is in `tests-run.ts`. */
import { defineTests, node, pod, type Reader, schedulerGuest } from 'clusterwright/kit'
import type { Affinity, LabelSelector, Node, Pod, PodAffinityTerm, TopologySpreadConstraint } from 'clusterwright/api'
import { type Answers, type Change, type Cycle, type Example, run } from './tests-run.ts'
import { say, texts } from './tests-texts.ts'

const CODES = ['Success', 'Unschedulable', 'UnschedulableAndUnresolvable'] as const
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const
const [REQUIRED, PREFERRED] = [
  'requiredDuringSchedulingIgnoredDuringExecution',
  'preferredDuringSchedulingIgnoredDuringExecution',
] as const
const NODES_MAX = 20

const optional = <T>(given: Reader, name: string, read: (value: Reader) => T): Record<string, T> =>
  given.at(name).isThere ? { [name]: read(given.at(name)) } : {}
const nameOf = ({ metadata }: Node | Pod): string => metadata.name
const listOf = <T>(given: Reader, name: string, read: (value: Reader) => T): T[] =>
  given.at(name).isThere ? given.at(name).list().map(read) : []

// ── nodes and Pods ──────────────────────────────────────────────────────────────────────────────────────────────────

function readNode(given: Reader): Node {
  const metadata = given.only('metadata').at('metadata').only('name', 'labels')
  const made = node(metadata.at('name').text())
  return metadata.at('labels').isThere ? made.labels(metadata.at('labels').texts()) : made
}

function readPod(given: Reader, nodes: readonly Node[]): Pod {
  const metadata = given.only('metadata', 'spec', 'status').at('metadata')
  metadata.only('name', 'namespace', 'labels', 'deletionTimestamp')
  const whole = pod(metadata.at('name').text())
  const text = (one: Reader): string => one.text()
  const more = {
    ...optional(metadata, 'namespace', text),
    ...optional(metadata, 'labels', (labels) => labels.texts()),
    ...optional(metadata, 'deletionTimestamp', text),
  }
  const { namespace = 'default' } = more as { namespace?: string }
  const spec = given.at('spec').isThere ? readSpec(given.at('spec'), nodes) : {}
  const status = given.at('status').isThere ? given.at('status').only('phase') : given.at('status')
  const phase =
    status.isThere && optional(status, 'phase', (one) => one.oneOf(['Pending', 'Running'] as const))['phase']
  return {
    ...whole,
    metadata: { ...whole.metadata, ...more, uid: `uid-${namespace}-${nameOf(whole)}` },
    spec: { ...whole.spec, ...spec },
    status: { phase: phase || (spec.nodeName === undefined ? 'Pending' : 'Running') },
  }
}

function readSpec(given: Reader, nodes: readonly Node[]): Partial<Pod['spec']> {
  given.only('nodeName', 'nodeSelector', 'topologySpreadConstraints', 'affinity')
  return {
    ...optional(given, 'nodeName', (name) => readNodeName(name, nodes)),
    ...optional(given, 'nodeSelector', (selector) => selector.texts()),
    ...optional(given, 'topologySpreadConstraints', (list) => list.list(10).map(readConstraint)),
    ...optional(given, 'affinity', readAffinity),
  }
}

function readNodeName(given: Reader, nodes: readonly Node[]): string {
  const known = nodes.map(nameOf)
  if (!known.includes(given.text())) given.refuse(say('want-node', { known: known.join(', ') }))
  return given.text()
}

function readConstraint(given: Reader): TopologySpreadConstraint {
  given.only('topologyKey', 'maxSkew', 'whenUnsatisfiable', 'labelSelector', 'minDomains')
  return {
    topologyKey: given.at('topologyKey').text(),
    maxSkew: given.at('maxSkew').whole(1, 1000),
    whenUnsatisfiable: given.at('whenUnsatisfiable').oneOf(['DoNotSchedule', 'ScheduleAnyway'] as const),
    ...optional(given, 'labelSelector', readSelector),
    ...optional(given, 'minDomains', (least) => least.whole(1, 1000)),
  }
}

function readAffinity(given: Reader): Affinity {
  const anti = given.only('podAntiAffinity').at('podAntiAffinity')
  if (!anti.isThere) return {}
  anti.only(REQUIRED, PREFERRED)
  return {
    podAntiAffinity: {
      ...optional(anti, REQUIRED, (terms) => terms.list(10).map(readTerm)),
      ...optional(anti, PREFERRED, (terms) =>
        terms.list(10).map((one) => ({
          weight: one.only('weight', 'podAffinityTerm').at('weight').whole(1, 100),
          podAffinityTerm: readTerm(one.at('podAffinityTerm')),
        })),
      ),
    },
  }
}

function readTerm(given: Reader): PodAffinityTerm {
  given.only('topologyKey', 'labelSelector', 'namespaces')
  return {
    topologyKey: given.at('topologyKey').text(),
    ...optional(given, 'labelSelector', readSelector),
    ...optional(given, 'namespaces', (names) => names.list(10).map((name) => name.text())),
  }
}

function readSelector(given: Reader): LabelSelector {
  given.only('matchLabels', 'matchExpressions')
  return {
    ...optional(given, 'matchLabels', (labels) => labels.texts()),
    ...optional(given, 'matchExpressions', (list) =>
      list.list(10).map((one) => {
        const operator = one.only('key', 'operator', 'values').at('operator').oneOf(OPERATORS)
        const values = listOf(one, 'values', (value) => (value.value === '' ? '' : value.text()))
        if ((operator === 'In' || operator === 'NotIn') !== values.length > 0)
          one.at('values').refuse(say('want-values'))
        return { key: one.at('key').text(), operator, ...(values.length > 0 && { values }) }
      }),
    ),
  }
}

// ── cycles ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function readAnswers(given: Reader, nodes: readonly Node[], coming: Pod): Answers {
  if (given.entries().length === 0) given.refuse(say('want-some'))
  return Object.fromEntries(
    given.entries().map(([name, answer]) => {
      const at = nodes.find((one) => nameOf(one) === name)
      if (!at) return answer.refuse(say('want-node', { known: nodes.map(nameOf).join(', ') }))
      const wanted = Object.entries(coming.spec.nodeSelector ?? {})
      if (!wanted.every(([key, value]) => at.metadata.labels?.[key] === value)) answer.refuse(say('want-possible'))
      return [name, answer.oneOf(CODES)]
    }),
  )
}

/** Pods are removed by name, so names are their own, in whatever namespaces. */
function readBound(given: Reader, nodes: readonly Node[], there: readonly Pod[]): Pod {
  const made = readPod(given, nodes)
  readNodeName(given.at('spec').at('nodeName'), nodes)
  if (there.some((other) => nameOf(other) === nameOf(made)))
    given.at('metadata').at('name').refuse(say('want-new-name'))
  return made
}

function readChanges(given: Reader, nodes: readonly Node[], bound: readonly Pod[]): Change[] {
  let there = bound
  const changes = given.list(10).map((one): Change => {
    const remove = one.only('add', 'remove').at('remove')
    if (!remove.isThere) {
      const add = readBound(one.at('add'), nodes, there)
      there = [...there, add]
      return { add }
    }
    const known = there.map(nameOf)
    if (!known.includes(remove.text())) remove.refuse(say('want-pod', { known: known.join(', ') || '—' }))
    there = there.filter((other) => nameOf(other) !== remove.text())
    return { remove: remove.text() }
  })
  if (changes.length === 0) given.refuse(say('want-some'))
  return changes
}

function readCycle(given: Reader, nodes: readonly Node[]): Cycle {
  const pods: Pod[] = []
  listOf(given, 'pods', (one) => pods.push(readBound(one, nodes, pods)))
  const coming = readPod(given.at('pod'), nodes)
  return {
    pods,
    pod: coming,
    meanwhile: listOf(given, 'meanwhile', (one) => readPod(one, nodes)),
    expect: readAnswers(given.at('expect'), nodes, coming),
    whatIf: listOf(given, 'whatIf', (one) => ({
      changes: readChanges(one.only('changes', 'expect').at('changes'), nodes, pods),
      expect: readAnswers(one.at('expect'), nodes, coming),
    })),
  }
}

const CYCLE = ['pods', 'pod', 'meanwhile', 'expect', 'whatIf'] as const

function read(given: Reader): Example {
  given.only('name', 'nodes', 'next', ...CYCLE)
  const list = given.at('nodes').list(NODES_MAX)
  const nodes: Node[] = []
  for (const one of list) {
    const made = readNode(one)
    if (nodes.some((other) => nameOf(other) === nameOf(made)))
      one.at('metadata').at('name').refuse(say('want-new-name'))
    nodes.push(made)
  }
  return {
    nodes,
    cycles: [readCycle(given, nodes), ...listOf(given, 'next', (one) => readCycle(one.only(...CYCLE), nodes))],
  }
}

export default defineTests<Example>({
  guest: schedulerGuest(),
  threshold: 14,
  // Answers as it should, but dearly.
  beyond: ['counts-at-every-node'],
  read,
  run,
  texts,
})
