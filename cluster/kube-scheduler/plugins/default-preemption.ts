/**
 * DefaultPreemption: when no node will do, finds one where less important Pods could make room, and of all such the one where
 * it hurts least: fewest broken disruption budgets, then the least important victims, then the fewest.
 *
 * What the real one does: on every node that might help, takes away all Pods of lower priority in thought, and if the Pod then
 * fits, puts back as many as it can, the most important first. The victims are deleted; the Pod is nominated for the node
 * and waits until they are gone.
 * What we model: all of that, on a sample of nodes from a random offset; extenders are shown the candidates.
 * What we leave out: groups of Pods, the asynchronous preparation (the requests all leave at once).
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go`,
 * `pkg/scheduler/framework/preemption/preemption.go`.
 */
import { matchesSelector } from '#cluster/api/labels.ts'
import { conditionOf } from '#cluster/api/meta.ts'
import type { KubernetesObject, LabelSelector, Pod } from '#cluster/api/types.ts'
import type {
  CycleState,
  Nodes,
  Plugin,
  PostFilterResult,
  PreemptionCandidate as Candidate,
  Status,
  WhatIf,
} from '../framework.ts'
import { unresolvable, unschedulable } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { withoutPod, withPod } from '../node-info.ts'
import { podsOf, somePod } from '../pod-list.ts'
import { priorityOf } from '../nominator.ts'
import { histogram } from '../reasons.ts'

const NO_VICTIMS = unresolvable('No preemption victims found for incoming pod')
const NOT_HELPFUL = unresolvable('Preemption is not helpful for scheduling')

/** DefaultPreemptionArgs: how many nodes are tried, the larger of the two. */
export interface PreemptionArguments {
  readonly minCandidateNodesPercentage?: number
  readonly minCandidateNodesAbsolute?: number
}

/** What a policy/v1 PodDisruptionBudget has for us. */
interface Budget extends KubernetesObject {
  readonly spec: { readonly selector?: LabelSelector }
  readonly status?: {
    readonly disruptionsAllowed?: number
    readonly disruptedPods?: Readonly<Record<string, string>>
  }
}

export function defaultPreemption(args: PreemptionArguments = {}): Plugin {
  const { minCandidateNodesPercentage: percentage = 10, minCandidateNodesAbsolute: absolute = 100 } = args
  if (!(percentage >= 0 && percentage <= 100))
    throw new Error(`minCandidateNodesPercentage: ${percentage} is not in [0, 100]`)
  if (!(absolute >= 0) || percentage + absolute === 0)
    throw new Error('minCandidateNodesAbsolute: must not be negative, nor both of them zero')
  return {
    name: 'DefaultPreemption',
    postFilter(state, pod, nodes, statuses, whatIf) {
      const reason = ineligible(pod, nodes, statuses)
      if (reason !== undefined) return { status: unschedulable(`preemption: ${reason}`) }
      if (whatIf.agreed !== undefined) return agreedUpon(whatIf.agreed)
      const potential = [...nodes].filter(({ name }) => statuses.get(name)?.code === 'Unschedulable')
      const said = new Map<string, Status>()
      const wanted = Math.min(Math.max(Math.floor((potential.length * percentage) / 100), absolute), potential.length)
      const candidates = dryRun(state, pod, nodes, potential, wanted, whatIf, said)
      if (candidates.length > 0 && whatIf.consult?.(candidates)) return undefined
      const best = selectCandidate(candidates)
      if (best) return { status: undefined, nominatedNodeName: best.nodeName, victims: best.victims }
      return { status: unschedulable(`preemption: ${fitError(nodes, said)}`), nominatedNodeName: '' }
    },
    // Those it refused wait for what the other plugins wait for.
    eventsToRegister: [],
  } satisfies Plugin
}

/** What extenders have had a word in: with nothing left, the nomination stays as it is. */
function agreedUpon(agreed: readonly Candidate[] | Status): PostFilterResult {
  if ('code' in agreed) return { status: { ...agreed, reasons: [`preemption: ${agreed.reasons.join(', ')}`] } }
  const best = selectCandidate(agreed)
  if (best) return { status: undefined, nominatedNodeName: best.nodeName, victims: best.victims }
  return { status: unschedulable('preemption: no candidate node for preemption') }
}

/** The same words as for a Pod that fits nowhere; nodes that were not tried could not help. */
function fitError(nodes: Nodes, said: ReadonlyMap<string, Status>): string {
  const all = [...nodes].map(({ name }) => said.get(name) ?? NOT_HELPFUL)
  return `0/${nodes.size} nodes are available: ${histogram(all).sort().join(', ')}.`
}

function ineligible(pod: Pod, nodes: Nodes, statuses: ReadonlyMap<string, Status>): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const nodeName = pod.status?.nominatedNodeName
  if (!nodeName || statuses.get(nodeName)?.code === 'UnschedulableAndUnresolvable') return undefined
  const info = nodes.get(nodeName)
  const isLeaving = (other: Pod): boolean => priorityOf(other) < priorityOf(pod) && isLeavingByPreemption(other)
  return info && somePod(info.pods, isLeaving)
    ? 'not eligible due to a terminating pod on the nominated node.'
    : undefined
}

function isLeavingByPreemption(pod: Pod): boolean {
  if (pod.metadata.deletionTimestamp === undefined) return false
  const condition = conditionOf(pod, 'DisruptionTarget')
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler'
}

// ── on each node ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Goes round from a random node, so that it is not always the same ones that suffer; stops at enough candidates. */
function dryRun(
  state: CycleState,
  pod: Pod,
  nodes: Nodes,
  potential: readonly NodeInfo[],
  wanted: number,
  whatIf: WhatIf,
  said: Map<string, Status>,
): Candidate[] {
  if (potential.length === 0) return []
  const budgets = [...nodes.objects.all<Budget>('poddisruptionbudgets')]
  const offset = whatIf.random().int(potential.length)
  const candidates: Candidate[] = []
  const what = `victims below ${priorityOf(pod)}`
  for (let i = 0; i < potential.length; i++) {
    const info = potential[(offset + i) % potential.length]!
    const select = () => selectVictims({ ...state }, pod, info, budgets, whatIf)
    // Budgets are spent from one preemption to the next.
    const outcome = budgets.length > 0 ? select() : whatIf.remembered(info, what, select)
    if ('code' in outcome) said.set(info.name, outcome)
    else candidates.push(outcome)
    if (candidates.length >= wanted && candidates.some(({ violations }) => violations === 0)) break
  }
  return candidates
}

/** The fewest victims that make the Pod fit; `state` is ours to change. */
function selectVictims(
  state: CycleState,
  pod: Pod,
  given: NodeInfo,
  budgets: readonly Budget[],
  whatIf: WhatIf,
): Candidate | Status {
  let info = given
  const potential = podsOf(given.pods).filter((other) => priorityOf(other) < priorityOf(pod))
  if (potential.length === 0) return NO_VICTIMS
  const remove = (other: Pod): void => {
    info = withoutPod(info, other)
    whatIf.removePod(state, pod, other, info)
  }
  for (const other of potential) remove(other)
  const refused = whatIf.filter(state, pod, info)
  if (refused) return refused
  const victims: Pod[] = []
  const reprieve = (other: Pod): boolean => {
    info = withPod(info, other)
    whatIf.addPod(state, pod, other, info)
    if (whatIf.filter(state, pod, info) === undefined) return true
    remove(other)
    victims.push(other)
    return false
  }
  const { violating, others } = byBudget(potential.toSorted(importantFirst), budgets)
  let violations = 0
  for (const other of violating) if (!reprieve(other)) violations++
  for (const other of others) reprieve(other)
  return { nodeName: given.name, victims: victims.sort(importantFirst), violations }
}

/** Higher priority, then longer running. */
function importantFirst(a: Pod, b: Pod): number {
  const difference = priorityOf(b) - priorityOf(a)
  if (difference !== 0) return difference
  const [since, other] = [startOf(a), startOf(b)]
  return since < other ? -1 : since > other ? 1 : 0
}

/** One that has not started counts as starting now: after every time there is. */
const startOf = (pod: Pod): string => pod.status?.startTime ?? '~'

/** Budgets are spent in the order of the Pods: the most important ones use them up. */
function byBudget(pods: readonly Pod[], budgets: readonly Budget[]): { violating: Pod[]; others: Pod[] } {
  const allowed = budgets.map(({ status }) => status?.disruptionsAllowed ?? 0)
  const violating: Pod[] = []
  const others: Pod[] = []
  for (const pod of pods) {
    let isViolated = false
    budgets.forEach((budget, i) => {
      if (!covers(budget, pod)) return
      allowed[i]!--
      if (allowed[i]! < 0) isViolated = true
    })
    ;(isViolated ? violating : others).push(pod)
  }
  return { violating, others }
}

/** An empty selector covers nothing here; nor does a budget that has accounted for the Pod already. */
function covers({ metadata, spec, status }: Budget, pod: Pod): boolean {
  const { labels = {}, namespace, name } = pod.metadata
  const { matchLabels = {}, matchExpressions = [] } = spec.selector ?? {}
  if (metadata.namespace !== namespace || Object.keys(labels).length === 0) return false
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) return false
  return matchesSelector(spec.selector, labels) && !Object.hasOwn(status?.disruptedPods ?? {}, name)
}

// ── of all nodes ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Added to each priority, so that more victims are never less than fewer of negative priority. */
const PRIORITY_SHIFT = 2_147_483_648

/** Each asks of the candidates left "how good"; ties go on to the next. */
const PREFERENCES: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => -violations,
  ({ victims }) => -priorityOf(victims[0]!),
  ({ victims }) => -victims.reduce((sum, victim) => sum + priorityOf(victim) + PRIORITY_SHIFT, 0),
  ({ victims }) => -victims.length,
]

function selectCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  // A node that needs no victim after all (something left in the meantime) is best of all.
  const free = candidates.find(({ victims }) => victims.length === 0)
  if (free) return free
  let left = candidates
  for (const preference of PREFERENCES) {
    if (left.length <= 1) return left[0]
    const points = left.map(preference)
    const best = Math.max(...points)
    left = left.filter((_, i) => points[i] === best)
  }
  // The one whose most important victims have run for the shortest time.
  let latest = left[0]
  for (const candidate of left) if (earliestStart(candidate) > earliestStart(latest!)) latest = candidate
  return latest
}

function earliestStart({ victims }: Candidate): string {
  const highest = priorityOf(victims[0]!)
  let earliest = '~'
  for (const victim of victims)
    if (priorityOf(victim) === highest && startOf(victim) < earliest) earliest = startOf(victim)
  return earliest
}
