/**
 * A learner's Score plugin, hosted.
 *
 * The guest keeps the nodes and their Pods: only what has changed is sent, Pod by Pod, and one call per Pod runs preScore, score
 * over all feasible nodes and normalizeScore inside the VM. So a Pod costs one call, whether there are ten nodes or a
 * thousand. What an answer may look like is checked inside, where the message can name the function and the node.
 */
import type { Node, Pod } from '#cluster/api/types.ts'
import type { NodeInfo } from '#cluster/kube-scheduler/node-info.ts'
import { createNodeInfo } from '#cluster/kube-scheduler/node-info.ts'
import { keyOf } from '#cluster/api/meta.ts'
import { podRequests } from '#cluster/api/pod-resources.ts'
import { podsOf } from '#cluster/kube-scheduler/pod-list.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { GuestShape } from './guest-shape.ts'
import { wholeAmount } from './scheduler-guest.ts'
import type { Trial } from './trial.ts'

/** What changed of one node since the last call. */
interface NodeChange {
  readonly name: string
  readonly node?: Node
  readonly allocatable?: Readonly<Record<string, number>>
  readonly requested: Readonly<Record<string, number>>
  readonly gone: readonly string[]
  readonly come: readonly Pod[]
}

/** Scores of the feasible nodes, in their order; or Skip; or a score that is out of bounds, with its node. */
export type Scored =
  | { readonly scores: readonly number[] }
  | { readonly skip: true }
  | { readonly invalid: { readonly node: string; readonly score: number } }

const adapter = String.raw`
export default (learner, tools) => {
  const plugin = typeof learner === 'function' ? new learner() : learner
  const nodes = new Map()
  const slots = []

  function cycleState(request) {
    const data = new Map([['request', request]])
    return Object.freeze({
      read: (key) => data.get(key),
      write: (key, value) => { data.set(key, value) },
      delete: (key) => { data.delete(key) },
    })
  }

  function isSkipped(answer, who) {
    if (answer === undefined || answer === null) return false
    if (typeof answer.then === 'function') tools.wrongType(who + ' returned a Promise, but must answer at once: remove async and await.')
    if (answer.code === 'Success') return false
    if (answer.code === 'Skip') return true
    return tools.wrongType(who + ' answered neither undefined nor a Status with the code Success or Skip.')
  }

  function wholeNumber(value, who) {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value
    if (typeof value === 'object' && value !== null && typeof value.then === 'function')
      tools.wrongType(who + ' returned a Promise, but must answer at once: remove async and await.')
    const found = typeof value === 'number' ? String(value) : value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
    return tools.wrongType(who + ' gave ' + found + ': a score is a whole number.')
  }

  function part(name) {
    if (plugin[name] === undefined) return false
    if (typeof plugin[name] !== 'function') tools.notAFunction(name + ' is not a function: leave it out, or make it one.')
    return true
  }

  return {
    update(changes, removed) {
      for (const name of removed) nodes.delete(name)
      for (const { name, node, allocatable, requested, gone, come } of changes) {
        const kept = nodes.get(name) ?? { pods: new Map() }
        for (const key of gone) kept.pods.delete(key)
        for (const pod of come) kept.pods.set(pod.metadata.namespace + '/' + pod.metadata.name, pod)
        kept.node = node ?? kept.node
        kept.allocatable = allocatable ?? kept.allocatable
        kept.info = Object.freeze({
          node: kept.node, pods: Object.freeze([...kept.pods.values()]), allocatable: kept.allocatable, requested,
        })
        nodes.set(name, kept)
      }
      slots.length = 0
      for (const kept of nodes.values()) slots.push(kept.info)
    },
    score(pod, request, chosen) {
      if (typeof plugin.score !== 'function') tools.notAFunction('The default export has no function "score".')
      const state = cycleState(request)
      const infos = Object.freeze(chosen === null ? [...slots] : chosen.map((slot) => slots[slot]))
      const { name } = pod.metadata
      if (part('preScore') && isSkipped(plugin.preScore(state, pod, infos), 'preScore(' + name + ')')) return { skip: true }
      const list = infos.map((info) => {
        const node = info.node.metadata.name
        return { name: node, score: wholeNumber(plugin.score(state, pod, info), 'score(' + name + ', ' + node + ')') }
      })
      const scores = list.map(({ score }) => score)
      if (part('normalizeScore')) {
        for (const entry of list) Object.defineProperty(entry, 'name', { writable: false, configurable: false })
        const answer = plugin.normalizeScore(state, pod, Object.freeze([...list]))
        isSkipped(answer, 'normalizeScore(' + name + ')')
        for (let i = 0; i < list.length; i++)
          scores[i] = wholeNumber(list[i].score, 'normalizeScore(' + name + ') for ' + infos[i].node.metadata.name)
      }
      for (let i = 0; i < scores.length; i++)
        if (scores[i] < 0 || scores[i] > 100) return { invalid: { node: infos[i].node.metadata.name, score: scores[i] } }
      return { scores }
    },
  }
}
`

/** How a Score plugin is taken in: first argument of `defineChecks`. */
export function scoreGuest(): GuestShape {
  return { adapter }
}

/** One learner's Score plugin in one guest. */
export class ScoreGuest {
  readonly guest: Guest
  /** Pods that it was asked about. */
  decisions = 0
  readonly #trial: Trial<any>
  /** What the guest has, in its order. */
  readonly #known = new Map<string, NodeInfo>()
  #slots = new Map<string, number>()

  constructor(trial: Trial<any>) {
    this.#trial = trial
    this.guest = trial.start()
  }

  /** Makes these the nodes of the snapshot: what is the same object as before is not looked at, nor sent. */
  update(infos: Iterable<NodeInfo>): void {
    const changes: NodeChange[] = []
    const names = new Set<string>()
    for (const info of infos) {
      names.add(info.name)
      const before = this.#known.get(info.name)
      if (before !== info) changes.push(changeOf(before, info))
      this.#known.set(info.name, info)
    }
    const removed = names.size === this.#known.size ? [] : [...this.#known.keys()].filter((name) => !names.has(name))
    for (const name of removed) this.#known.delete(name)
    if (changes.length + removed.length === 0) return
    this.#trial.call(this.guest, 'update', [changes, removed])
    if (this.#slots.size !== this.#known.size || removed.length > 0)
      this.#slots = new Map([...this.#known.keys()].map((name, slot) => [name, slot]))
  }

  /** Scores these nodes of the snapshot, in this order, for one Pod: one call. */
  score(pod: Pod, feasible: readonly NodeInfo[]): Scored {
    this.decisions++
    const chosen = feasible.map(({ name }) => this.#slots.get(name)!)
    const isAll = chosen.length === this.#slots.size && chosen.every((slot, index) => slot === index)
    const during = `scoring Pod ${pod.metadata.name}`
    return this.#trial.call(
      this.guest,
      'score',
      [pod, whole(podRequests(pod)), isAll ? null : chosen],
      during,
    ) as Scored
  }
}

/** The scheduler's snapshot of these nodes, with the Pods that are bound to them. */
export const snapshotOf = (nodes: readonly Node[], pods: readonly Pod[] = []): NodeInfo[] =>
  nodes.map((node) =>
    createNodeInfo(
      node,
      pods.filter(({ spec }) => spec.nodeName === node.metadata.name),
    ),
  )

function changeOf(before: NodeInfo | undefined, info: NodeInfo): NodeChange {
  const [old, now] = [new Set(before && podsOf(before.pods)), new Set(podsOf(info.pods))]
  return {
    name: info.name,
    ...(before?.node !== info.node && { node: info.node, allocatable: whole(info.allocatable) }),
    requested: whole({ cpu: 0, memory: 0, ...info.requested, pods: info.pods.length * 1000 }),
    gone: [...old].filter((pod) => !now.has(pod)).map(keyOf),
    come: [...now].filter((pod) => !old.has(pod)).map((pod) => onNode(pod, info.name)),
  }
}

/** An assumed Pod does not bear its node's name yet. */
const onNode = (pod: Pod, nodeName: string): Pod =>
  pod.spec.nodeName === nodeName ? pod : { ...pod, spec: { ...pod.spec, nodeName } }

const whole = (amounts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(amounts).map(([name, milli]) => [name, wholeAmount(name, milli)]))
