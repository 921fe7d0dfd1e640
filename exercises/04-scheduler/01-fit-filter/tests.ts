/** A learner's own examples for `fit-filter`: how they are read, and how a plugin is held against them. */
import {
  defineTests,
  node,
  nodeInfo,
  pod,
  type Reader,
  schedulerGuest,
  SchedulerPlugin,
  type Status,
  type Trial,
} from 'clusterwright/kit'
import type { Affinity, Container, Node, Pod, ResourceList } from 'clusterwright/api'
import { names } from './oracle.ts'
import { say, texts } from './tests-texts.ts'

interface Answer {
  readonly code: string
  readonly lacking?: readonly string[]
}

interface Cycle {
  readonly pods: readonly Pod[]
  readonly pod: Pod
  readonly expect: readonly (readonly [node: string, answer: Answer])[]
}

interface Example {
  readonly nodes: readonly Node[]
  readonly cycles: readonly Cycle[]
}

const CODES = ['Success', 'Unschedulable', 'UnschedulableAndUnresolvable'] as const
const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const
const EVERYWHERE = ['cpu', 'memory', 'ephemeral-storage']
const NODES_MAX = 20

// ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function readResources(given: Reader): ResourceList {
  return Object.fromEntries(
    given.entries().map(([name, value]) => {
      const quantity = value.text()
      if (!/^\d+(\.\d+)?([numkMGTPE]|[KMGTPE]i)?$/.test(quantity)) value.refuse(say('want-quantity'))
      return [name, quantity]
    }),
  )
}

function readNode(given: Reader): Node {
  const [metadata, spec, status] = ['metadata', 'spec', 'status'].map((part) =>
    given.only('metadata', 'spec', 'status').at(part),
  )
  metadata!.only('name', 'labels')
  let made = node(metadata!.at('name').text())
  const labels = metadata!.at('labels')
  if (labels.isThere) made = made.labels(labels.texts())
  if (spec!.isThere && spec!.only('unschedulable').at('unschedulable').isThere)
    made = made.unschedulable(spec!.at('unschedulable').flag())
  if (!status!.isThere) return made
  const [allocatable, capacity] = ['allocatable', 'capacity'].map((list) =>
    status!.only('allocatable', 'capacity').at(list),
  )
  if (allocatable!.isThere) made = made.allocatable(readResources(allocatable!))
  return capacity!.isThere ? made.capacity(readResources(capacity!)) : made
}

const POD_SPEC = ['nodeName', 'containers', 'initContainers', 'overhead', 'nodeSelector', 'affinity'] as const

function readPod(given: Reader, nodes: readonly Node[]): Pod {
  const metadata = given.only('metadata', 'spec', 'status').at('metadata')
  const [spec, status] = [given.at('spec'), given.at('status')]
  metadata.only('name', 'namespace', 'labels', 'deletionTimestamp')
  const whole = pod(metadata.at('name').text())
  const more = {
    ...(metadata.at('namespace').isThere && { namespace: metadata.at('namespace').text() }),
    ...(metadata.at('labels').isThere && { labels: metadata.at('labels').texts() }),
    ...(metadata.at('deletionTimestamp').isThere && { deletionTimestamp: metadata.at('deletionTimestamp').text() }),
  }
  const read = spec.isThere ? readSpec(spec, nodes) : {}
  const phase = status.isThere && status.only('phase').at('phase').isThere && status.at('phase').oneOf(PHASES)
  return {
    ...whole,
    metadata: { ...whole.metadata, ...more },
    spec: { ...whole.spec, ...read },
    status: { phase: phase || (read.nodeName === undefined ? 'Pending' : 'Running') },
  }
}

function readSpec(spec: Reader, nodes: readonly Node[]): Partial<Pod['spec']> {
  spec.only(...POD_SPEC)
  const field = <T>(name: (typeof POD_SPEC)[number], read: (value: Reader) => T): Record<string, T> =>
    spec.at(name).isThere ? { [name]: read(spec.at(name)) } : {}
  return {
    ...field('nodeName', (name) => readNodeName(name, nodes)),
    ...field('containers', (list) => list.list(20).map(readContainer)),
    ...field('initContainers', (list) => list.list(20).map(readContainer)),
    ...field('overhead', readResources),
    ...field('nodeSelector', (selector) => selector.texts()),
    ...field('affinity', readAffinity),
  }
}

function readNodeName(given: Reader, nodes: readonly Node[]): string {
  const known = nodes.map(({ metadata }) => metadata.name)
  if (!known.includes(given.text())) given.refuse(say('want-node', { known: known.join(', ') }))
  return given.text()
}

function readContainer(given: Reader, index: number): Container {
  given.only('name', 'image', 'resources', 'restartPolicy')
  const [name, image, resources, policy] = ['name', 'image', 'resources', 'restartPolicy'].map((part) => given.at(part))
  const lists = resources!.isThere ? resources!.only('requests', 'limits').entries() : []
  return {
    name: name!.isThere ? name!.text() : `container-${index + 1}`,
    image: image!.isThere ? image!.text() : 'registry.local/web:1',
    ...(resources!.isThere && {
      resources: Object.fromEntries(lists.map(([key, list]) => [key, readResources(list)])),
    }),
    ...(policy!.isThere && { restartPolicy: policy!.oneOf(['Always'] as const) }),
  }
}

/** Requirements and terms are read so far that a right plugin can make something of them. */
function readAffinity(given: Reader): Affinity {
  const affinity = given.only('nodeAffinity').at('nodeAffinity')
  const [required, preferred] = [
    affinity.at('requiredDuringSchedulingIgnoredDuringExecution'),
    affinity.at('preferredDuringSchedulingIgnoredDuringExecution'),
  ]
  if (required.isThere) required.only('nodeSelectorTerms').at('nodeSelectorTerms').list().forEach(checkTerm)
  if (preferred.isThere)
    for (const one of preferred.list()) {
      one.only('weight', 'preference').at('weight').whole(1, 100)
      checkTerm(one.at('preference'))
    }
  return given.value as Affinity
}

function checkTerm(term: Reader): void {
  for (const [, requirements] of term.only('matchExpressions', 'matchFields').entries())
    for (const requirement of requirements.list()) {
      requirement.only('key', 'operator', 'values').at('key').text()
      requirement.at('operator').oneOf(OPERATORS)
      if (!requirement.at('values').isThere) continue
      const odd = requirement
        .at('values')
        .list()
        .find(({ isText }) => !isText)
      if (odd) odd.text()
    }
}

function readAnswer(given: Reader): Answer {
  if (given.isText) return { code: given.oneOf(CODES) }
  const code = given.only('code', 'lacking').at('code').oneOf(CODES)
  return {
    code,
    lacking: given
      .at('lacking')
      .list()
      .map((name) => name.text()),
  }
}

function readCycle(given: Reader, nodes: readonly Node[]): Cycle {
  const pods = given.at('pods')
  const expect = given.at('expect').entries()
  if (expect.length === 0) given.at('expect').refuse(say('want-answer'))
  return {
    pods: pods.isThere ? pods.list().map((one) => readPod(one, nodes)) : [],
    pod: readPod(given.at('pod'), nodes),
    expect: expect.map(([name, answer]) => {
      if (!nodes.some(({ metadata }) => metadata.name === name))
        answer.refuse(say('want-node', { known: nodes.map(({ metadata }) => metadata.name).join(', ') }))
      return [name, readAnswer(answer)] as const
    }),
  }
}

function read(given: Reader): Example {
  given.only('name', 'nodes', 'pods', 'pod', 'expect', 'next')
  const nodes = given.at('nodes').list(NODES_MAX).map(readNode)
  const next = given.at('next')
  const more = next.isThere ? next.list(10).map((one) => readCycle(one.only('pods', 'pod', 'expect'), nodes)) : []
  return { nodes, cycles: [readCycle(given, nodes), ...more] }
}

// ── running ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function run(trial: Trial<any>, { nodes, cycles }: Example): void {
  const plugin = new SchedulerPlugin(trial)
  for (const { pods, pod: coming, expect } of cycles) {
    plugin.update(nodes.map((one) => nodeInfo(one, pods)))
    const { filter } = plugin.cycle(coming)
    for (const [name, answer] of expect) hold(trial, coming.metadata.name, name, answer, filter[name])
  }
}

function hold(trial: Trial<any>, podName: string, nodeName: string, answer: Answer, status: Status | undefined): void {
  const { code, reasons } = status ?? { code: 'no answer', reasons: [] }
  const { lacking } = answer
  const message = say('answers-otherwise', { pod: podName, node: nodeName })
  const actual = reasons.length === 0 ? code : `${code}: ${reasons.join(', ')}`
  const expected = lacking === undefined ? answer.code : `${answer.code}: ${lacking.join(', ')}`
  if (code !== answer.code || (lacking !== undefined && !namesJust(lacking, reasons)))
    trial.fail({ message, expected, actual })
}

/** Whether reasons, in whatever words, name all that is lacking, and claim no more. */
function namesJust(lacking: readonly string[], reasons: readonly string[]): boolean {
  const claimed = reasons.flatMap((reason) => /^Insufficient (\S+)$/.exec(reason)?.[1] ?? [])
  const isNamed = (resource: string): boolean => reasons.some((reason) => names(reason, resource))
  if (!lacking.every(isNamed) || !claimed.every((name) => lacking.includes(name))) return false
  // Whoever names all that every node has says nothing.
  if (EVERYWHERE.every(isNamed) && !EVERYWHERE.every((name) => lacking.includes(name))) return false
  return lacking.includes('pods') || !reasons.includes('Too many pods')
}

export default defineTests<Example>({
  guest: schedulerGuest(),
  threshold: 12,
  // Answers as it should, but dearly; goes wrong only where cycles overlap; or only for Pods with tolerations, or nodes without
  // labels, which examples lack.
  beyond: ['request-per-node', 'module-variable', 'any-toleration-lifts-the-cordon', 'labels-must-exist'],
  read,
  run,
  texts,
})
