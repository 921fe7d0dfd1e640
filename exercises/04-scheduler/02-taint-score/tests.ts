/** A learner's own examples for `taint-score`: how they are read. How plugins are held against them is in `tests-run.ts`. */
import { defineTests, node, pod, type Reader, scoringGuest, type TablePlugin } from 'clusterwright/kit'
import type { Node, Pod, ResourceList, Taint, Toleration } from 'clusterwright/api'
import { type ByNode, type Example, type PluginsQuestion, run } from './tests-run.ts'
import { say, texts } from './tests-texts.ts'

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const
const CODES = ['Success', 'UnschedulableAndUnresolvable'] as const
const NODES_MAX = 20
const SCORE_MAX = 1_000_000

const optional = <T>(given: Reader, name: string, read: (value: Reader) => T): Record<string, T> =>
  given.at(name).isThere ? { [name]: read(given.at(name)) } : {}
/** A text, perhaps an empty one. */
const anyText = (given: Reader): string => (given.value === '' ? '' : given.text())

// ── nodes and Pods ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Only what every right solution reads alike: a learner need not be able to read more than `amountOf` of the starter does. */
function readAmounts(given: Reader): ResourceList {
  const cpu = given.only('cpu', 'memory').at('cpu')
  if (cpu.isThere && !/^(\d{1,6}m|\d{1,3}(\.\d{1,3})?)$/.test(cpu.text())) cpu.refuse(say('want-cpu'))
  const memory = given.at('memory')
  if (memory.isThere && !/^\d{1,12}(Ki|Mi|Gi)?$/.test(memory.text())) memory.refuse(say('want-memory'))
  return given.texts()
}

function readTaint(given: Reader): Taint {
  given.only('key', 'value', 'effect')
  return {
    key: given.at('key').text(),
    ...optional(given, 'value', anyText),
    effect: given.at('effect').oneOf(EFFECTS),
  }
}

/** As the API server would take it. */
function readToleration(given: Reader): Toleration {
  given.only('key', 'operator', 'value', 'effect', 'tolerationSeconds')
  const isExists = optional(given, 'operator', (one) => one.oneOf(['Exists', 'Equal']))['operator'] === 'Exists'
  if (!isExists && !optional(given, 'key', anyText)['key']) given.at('operator').refuse(say('want-exists'))
  if (isExists && optional(given, 'value', anyText)['value']) given.at('value').refuse(say('want-no-value'))
  const effect = optional(given, 'effect', (one) => one.oneOf(EFFECTS))['effect']
  const seconds = given.at('tolerationSeconds')
  if (seconds.isThere && seconds.whole(0, 86_400) >= 0 && effect !== 'NoExecute') seconds.refuse(say('want-no-execute'))
  return given.value as Toleration
}

function readNode(given: Reader): Node {
  const name = given.only('metadata', 'spec', 'status').at('metadata').only('name').at('name').text()
  const [spec, status] = [given.at('spec'), given.at('status')]
  let made = node(name)
  if (status.isThere) {
    const { allocatable, capacity } = {
      ...optional(status.only('allocatable', 'capacity'), 'allocatable', readAmounts),
      ...optional(status, 'capacity', readAmounts),
    }
    if (allocatable) made = made.allocatable(allocatable)
    if (capacity) made = made.capacity(capacity)
  }
  if (!spec.isThere) return made
  return { ...made, spec: optional(spec.only('taints'), 'taints', (list) => list.list().map(readTaint)) }
}

function readPod(given: Reader, nodes: readonly string[]): Pod {
  const whole = pod(given.only('metadata', 'spec').at('metadata').only('name').at('name').text())
  const spec = given.at('spec')
  if (!spec.isThere) return whole.requests({ cpu: '0', memory: '0' })
  spec.only('nodeName', 'tolerations', 'containers')
  const containers = spec.at('containers').isThere ? spec.at('containers').list(20) : []
  const asked = containers.map((one) => one.only('resources').at('resources').only('requests').at('requests'))
  const requests = asked.length === 0 ? [{}] : asked.map(readAmounts)
  const read = {
    ...optional(spec, 'nodeName', (name) => name.oneOf(nodes)),
    ...optional(spec, 'tolerations', (list) => list.list().map(readToleration)),
    containers: requests.map((list, index) => ({
      ...whole.spec.containers[0]!,
      name: `main-${index}`,
      resources: { requests: { cpu: '0', memory: '0', ...list } },
    })),
  }
  return { ...whole, spec: read, status: { phase: 'nodeName' in read ? 'Running' : 'Pending' } }
}

// ── questions ───────────────────────────────────────────────────────────────────────────────────────────────────────

function byName<T>(
  given: Reader,
  known: readonly string[],
  kind: 'want-node' | 'want-plugin',
  read: (value: Reader) => T,
): ByNode<T> {
  return Object.fromEntries(
    given.entries().map(([name, value]) => {
      if (!known.includes(name)) value.refuse(say(kind, { known: known.join(', ') }))
      return [name, read(value)]
    }),
  )
}

function unlike(names: readonly Reader[]): string[] {
  names.forEach((name, index) => {
    if (names.slice(0, index).some(({ value }) => value === name.value)) name.refuse(say('want-new-name'))
  })
  return names.map((name) => name.text())
}

const count = (given: Reader): number => given.whole(0, SCORE_MAX)
const points = (given: Reader): number => given.whole(0, 100)

/** Fields of what is expected, one at least. */
function expectation(given: Reader, ...fields: readonly string[]): Reader {
  const expect = given.at('expect').only(...fields)
  if (expect.entries().length === 0) expect.refuse(say('want-expectation'))
  return expect
}

function readPlugins(given: Reader): PluginsQuestion {
  const list = given.at('nodes').list(NODES_MAX)
  if (list.length === 0) given.at('nodes').refuse(say('want-some'))
  const nodes = list.map(readNode)
  const names = unlike(list.map((one) => one.at('metadata').at('name')))
  const expect = expectation(given, 'filter', 'counts', 'points', 'room')
  const of = <T>(name: string, read: (value: Reader) => T): Record<string, ByNode<T>> =>
    optional(expect, name, (each) => byName(each, names, 'want-node', read))
  return {
    nodes,
    pods: optional(given, 'pods', (pods) => pods.list().map((one) => readPod(one, names)))['pods'] ?? [],
    pod: readPod(given.at('pod'), names),
    expect: {
      ...of('filter', (answer) => answer.oneOf(CODES)),
      ...of('counts', count),
      ...of('points', points),
      ...of('room', points),
    },
  }
}

function readPlugin(given: Reader, names: readonly string[]): TablePlugin & { readonly weight?: number } {
  given.only('name', 'score', 'normalizeScore', 'weight')
  const normalize = given.at('normalizeScore')
  // Whoever does not normalise gives points that are in bounds already.
  const score = byName(given.at('score'), names, 'want-node', normalize.isThere ? count : points)
  if (Object.keys(score).length < names.length)
    given.at('score').refuse(say('want-all-nodes', { known: names.join(', ') }))
  return {
    name: given.at('name').text(),
    points: score,
    ...(normalize.isThere && { normalize: normalize.oneOf(['share', 'reverse'] as const) }),
    ...optional(given, 'weight', (weight) => weight.whole(1, 100)),
  }
}

function readTotals(given: Reader): Example {
  given.only('name', 'plugins', 'expect')
  const list = given.at('plugins').list(10)
  if (list.length === 0) given.at('plugins').refuse(say('want-some'))
  const known = unlike(list.map((one) => one.at('name')))
  const nodes = list[0]!
    .at('score')
    .entries()
    .map(([name]) => name)
  if (nodes.length === 0) list[0]!.at('score').refuse(say('want-some'))
  const expect = expectation(given, 'totals', 'calls')
  return {
    nodes,
    plugins: list.map((one) => readPlugin(one, nodes)),
    expect: {
      ...optional(expect, 'totals', (totals) => byName(totals, nodes, 'want-node', count)),
      ...optional(expect, 'calls', (calls) =>
        byName(calls, known, 'want-plugin', (one) => ({
          ...optional(one.only('score', 'normalizeScore'), 'score', count),
          ...optional(one, 'normalizeScore', count),
        })),
      ),
    },
  }
}

function readChoice(given: Reader): Example {
  given.only('name', 'scores', 'expect')
  const list = given.at('scores').list(NODES_MAX)
  const names = unlike(list.map((one) => one.only('name', 'score').at('name')))
  const chosen = given.at('expect').only('chosen').at('chosen')
  if (chosen.list().length === 0) chosen.refuse(say('want-some'))
  unlike(chosen.list())
  return {
    scores: list.map((one, index) => ({ name: names[index]!, score: count(one.at('score')) })),
    chosen: chosen.list().map((name) => name.oneOf(names)),
  }
}

function read(given: Reader): Example {
  if (given.at('plugins').isThere) return readTotals(given)
  if (given.at('scores').isThere) return readChoice(given)
  const next = given.only('name', 'nodes', 'pods', 'pod', 'expect', 'next').at('next')
  const more = next.isThere ? next.list(10).map((one) => one.only('nodes', 'pods', 'pod', 'expect')) : []
  return { asked: [readPlugins(given), ...more.map(readPlugins)] }
}

export default defineTests<Example>({
  guest: scoringGuest(),
  threshold: 14,
  // Pods in examples have no phase, so none has finished.
  beyond: ['finished-pods-count'],
  read,
  run,
  texts,
})
