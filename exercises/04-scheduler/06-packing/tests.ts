/**
 * A learner's own examples for `packing`: how they are read, and how a plugin is held against them.
 *
 * A ranked exercise has many right answers, so no example states a score. It states what holds for all of them: every score
 * is a whole number from 0 to 100, the same question gets the same answer, and of two nodes one gets more, or both the same.
 * An order that another right plugin turns round is told to be too strict. What only the bill shows is beyond examples.
 */
import {
  defineTests,
  node,
  pod,
  podRequests,
  type Reader,
  scoreGuest,
  ScoreGuest,
  snapshotOf,
  type Trial,
} from 'clusterwright/kit'
import type { Node, Pod, ResourceList } from 'clusterwright/api'
import { say, texts } from './tests-texts.ts'

type Pair = readonly [string, string]

interface Question {
  readonly pods: readonly Pod[]
  readonly pod: Pod
  readonly more: readonly Pair[]
  readonly same: readonly Pair[]
}

interface Example {
  readonly nodes: readonly Node[]
  readonly questions: readonly Question[]
}

// ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function readAmounts(given: Reader): ResourceList {
  const [cpu, memory] = [given.only('cpu', 'memory').at('cpu'), given.at('memory')]
  if (cpu.isThere && !/^(\d{1,6}m|\d{1,3}(\.\d{1,3})?)$/.test(cpu.text())) cpu.refuse(say('want-cpu'))
  if (memory.isThere && !/^\d{1,12}(Ki|Mi|Gi)?$/.test(memory.text())) memory.refuse(say('want-memory'))
  return given.texts()
}

function unlike(list: readonly Reader[]): void {
  const names = list.map((one) => one.at('metadata').at('name'))
  names.forEach((name, index) => {
    if (names.slice(0, index).some(({ value }) => value === name.value)) name.refuse(say('want-new-name'))
  })
}

function readNode(given: Reader): Node {
  const [metadata, status] = [given.only('metadata', 'status').at('metadata').only('name'), given.at('status')]
  const made = node(metadata.at('name').text()).allocatable({ cpu: '8', memory: '32Gi' })
  if (!status.isThere || !status.only('allocatable').at('allocatable').isThere) return made
  return made.allocatable(readAmounts(status.at('allocatable')))
}

function readPod(given: Reader, nodes: readonly Node[]): Pod {
  const [metadata, spec] = [given.only('metadata', 'spec').at('metadata').only('name', 'labels'), given.at('spec')]
  let made = pod(metadata.at('name').text())
  const stays = metadata.at('labels').isThere ? metadata.at('labels').only('stays').at('stays') : metadata.at('labels')
  if (stays.isThere) made = made.labels({ stays: stays.oneOf(['briefly', 'long'] as const) })
  if (!spec.isThere) return made
  const containers = spec.only('nodeName', 'containers').at('containers')
  if (containers.isThere)
    for (const one of containers.list(1))
      made = made.requests(readAmounts(one.only('resources').at('resources').only('requests').at('requests')))
  if (!spec.at('nodeName').isThere) return made
  return made.on(spec.at('nodeName').oneOf(nodes.map(({ metadata: { name } }) => name)))
}

/** Nobody is asked about a node that the filters have refused. */
const hasRoom =
  (coming: Pod) =>
  ({ allocatable, requested }: ReturnType<typeof snapshotOf>[number]): boolean =>
    Object.entries(podRequests(coming)).every(
      ([name, asked]) => (requested[name] ?? 0) + asked <= (allocatable[name] ?? 0),
    )

function readQuestion(given: Reader, nodes: readonly Node[]): Question {
  const list = given.at('pods').isThere ? given.at('pods').list() : []
  unlike(list)
  const pods = list.map((one) => readPod(one, nodes))
  const coming = readPod(given.at('pod'), nodes)
  const known = snapshotOf(nodes, pods)
    .filter(hasRoom(coming))
    .map(({ name }) => name)
  const expect = given.at('expect')
  const pairs = (name: 'more' | 'same'): Pair[] => {
    if (!expect.isThere || !expect.only('more', 'same').at(name).isThere) return []
    return expect
      .at(name)
      .list()
      .map((one) => readPair(one, known))
  }
  return { pods, pod: coming, more: pairs('more'), same: pairs('same') }
}

function readPair(given: Reader, known: readonly string[]): Pair {
  const names = given.list(2)
  if (names.length < 2) given.refuse(say('want-two'))
  for (const name of names) if (!known.includes(name.text())) name.refuse(say('want-node', { known: known.join(', ') }))
  return [names[0]!.text(), names[1]!.text()]
}

function read(given: Reader): Example {
  const list = given.only('name', 'nodes', 'pods', 'pod', 'expect', 'next').at('nodes').list(20)
  if (list.length === 0) given.at('nodes').refuse(say('want-some'))
  unlike(list)
  const nodes = list.map(readNode)
  const next = given.at('next').isThere ? given.at('next').list(10) : []
  const more = next.map((one) => readQuestion(one.only('pods', 'pod', 'expect'), nodes))
  return { nodes, questions: [readQuestion(given, nodes), ...more] }
}

// ── running ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type Scores = ReadonlyMap<string, number> | undefined

/** What the plugin says of the nodes that have room, in this order; fails where that is no score. */
function ask(trial: Trial<any>, guest: ScoreGuest, nodes: readonly Node[], { pods, pod: coming }: Question): Scores {
  const all = snapshotOf(nodes, pods)
  guest.update(all)
  const infos = all.filter(hasRoom(coming))
  const answer = guest.score(coming, infos)
  if ('invalid' in answer) {
    const { node: at, score } = answer.invalid
    const message = say('range', { pod: coming.metadata.name, node: at })
    trial.fail({ message, expected: '0 … 100', actual: String(score) })
  }
  return 'scores' in answer ? new Map(infos.map(({ name }, index) => [name, answer.scores[index]!])) : undefined
}

function hold(trial: Trial<any>, scores: Scores, { pod: coming, more, same }: Question): void {
  const { name } = coming.metadata
  if (!scores && more.length > 0)
    trial.fail({ message: say('no-say', { pod: name }), expected: '0 … 100', actual: 'Skip' })
  for (const [first, second] of more) {
    const [high, low] = [scores!.get(first)!, scores!.get(second)!]
    const message = say('more', { first, second, pod: name })
    if (high <= low) trial.fail({ message, expected: say('more-expected', { score: low }), actual: String(high) })
  }
  for (const [first, second] of same)
    trial.equal(scores?.get(first), scores?.get(second), say('same', { first, second, pod: name }))
}

/** The first question is asked again in the end, and of a fresh plugin with the nodes the other way round. */
function run(trial: Trial<any>, { nodes, questions }: Example): void {
  const guest = new ScoreGuest(trial)
  const answers = questions.map((question) => {
    const scores = ask(trial, guest, nodes, question)
    hold(trial, scores, question)
    return scores
  })
  const [question, before] = [questions[0]!, answers[0]]
  const after = [ask(trial, guest, nodes, question), ask(trial, new ScoreGuest(trial), nodes.toReversed(), question)]
  for (const again of after)
    for (const [name, score] of before ?? [])
      trial.equal(again?.get(name), score, say('again', { pod: question.pod.metadata.name, node: name }))
}

export default defineTests<Example>({
  guest: scoreGuest(),
  threshold: 10,
  // The bill alone shows that these are dear; and one does as it should, but slowly.
  beyond: ['balances-only', 'half-full-is-best', 'keeps-the-first-request', 'looks-at-all-for-each'],
  read,
  run,
  texts,
})
