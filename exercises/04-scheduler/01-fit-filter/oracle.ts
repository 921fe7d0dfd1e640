/**
 * What is true of a Pod and a node, and whether an answer says so.
 *
 * The truth is worked out apart from the solution, in thousandths; an answer is judged by what the task says and no more:
 * the order and the wording of reasons are free, and so is all that upstream leaves open.
 */
import {
  listed,
  podRequests,
  type BareNodeInfo,
  type Finding,
  type Said,
  type Sayable,
  type Status,
} from 'clusterwright/kit'
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod } from 'clusterwright/api'
import { say } from './texts.ts'

export interface Truth {
  /** Why no eviction would help. */
  readonly unresolvable: readonly Said[]
  readonly lacking: readonly Lack[]
}

/** A resource of which there is not enough, in thousandths. */
interface Lack {
  readonly resource: string
  readonly asked: number
  readonly free: number
  /** Asked for more than the whole, empty node has: upstream calls that unresolvable too, and so may an answer. */
  readonly hopeless: boolean
}

export const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

export function truthOf(pod: Pod, { node, pods, allocatable }: BareNodeInfo): Truth {
  const unresolvable: Said[] = []
  if (node.spec.unschedulable === true) unresolvable.push(say('cordoned'))
  for (const label of unmetLabels(pod, node)) unresolvable.push(say('selector', { label }))
  const unmet = unmetAffinity(pod, node)
  if (unmet) unresolvable.push(say('affinity', { unmet }))
  const held = pods.filter((other) => !isFinished(other))
  const lacking: Lack[] = []
  const room = allocatable['pods'] ?? 0
  if (held.length + 1 > room)
    lacking.push({ resource: 'pods', asked: 1000, free: (room - held.length) * 1000, hopeless: room < 1 })
  const request = podRequests(pod)
  for (const resource of Object.keys(request).sort()) {
    const asked = request[resource]!
    const whole = (allocatable[resource] ?? 0) * (resource === 'cpu' ? 1 : 1000)
    const taken = held.reduce((sum, other) => sum + (podRequests(other)[resource] ?? 0), 0)
    if (asked > 0 && asked > whole - taken)
      lacking.push({ resource, asked, free: whole - taken, hopeless: asked > whole })
  }
  return { unresolvable, lacking }
}

export const fits = ({ unresolvable, lacking }: Truth): boolean => unresolvable.length + lacking.length === 0

/** What is wrong with an answer, or undefined. */
export function judge(status: Status | undefined, truth: Truth, pod: Pod, info: BareNodeInfo): Finding | undefined {
  const where = { pod: pod.metadata.name, node: info.node.metadata.name }
  const expected = describeTruth(truth)
  const actual = status === undefined ? say('no-answer-actual') : describeStatus(status)
  // Without a hint of its own, a finding gives that of the check.
  const finding: MakeFinding = (key, params, hint) => ({
    ...{ message: say(key, { ...where, ...params }), expected, actual },
    ...(hint && { hint }),
  })
  if (!status) return finding('no-answer', {}, 'room')
  const { code } = status
  if (fits(truth)) {
    return code === 'Success' ? undefined : finding('refused', {})
  }
  const why = listed([...truth.unresolvable, ...truth.lacking.map(describeLack)])
  const isLabels = truth.unresolvable.length > 0
  if (code === 'Success') return finding('let-through', { why }, isLabels ? 'labels' : undefined)
  if (code !== 'Unschedulable' && code !== 'UnschedulableAndUnresolvable') {
    return finding('not-an-answer', { code }, 'room')
  }
  if (isLabels && code === 'Unschedulable') {
    return finding('removing-would-not-help', { why }, 'labels')
  }
  if (!isLabels && code !== 'Unschedulable' && !truth.lacking.some(({ hopeless }) => hopeless)) {
    return finding('removing-would-help', { why }, 'room')
  }
  const resources = new Set([...Object.keys(info.allocatable), ...Object.keys(podRequests(pod))])
  return judgeReasons(status, truth, resources, finding)
}

type MakeFinding = (key: Parameters<typeof say>[0], params: Parameters<typeof say>[1], hint?: string) => Finding

function judgeReasons(
  { reasons }: Status,
  { unresolvable, lacking }: Truth,
  resources: ReadonlySet<string>,
  finding: MakeFinding,
): Finding | undefined {
  if (!reasons.some((reason) => reason.trim() !== '')) return finding('no-reason', {}, 'room')
  if (unresolvable.length > 0) return undefined
  const unnamed = lacking.find(({ resource }) => !reasons.some((reason) => names(reason, resource)))
  if (unnamed) return finding('unnamed', { resource: unnamed.resource }, 'room')
  const lacks = (name: string): boolean => lacking.some(({ resource }) => resource === name)
  const wrong = claimed(reasons).find((name) => !lacks(name))
  if (wrong !== undefined) return finding('claimed-wrongly', { resource: wrong }, 'room')
  if (!lacks('pods') && reasons.some((reason) => /^too many pods\b/i.test(reason)))
    return finding('not-full', {}, 'room')
  // Whoever names all that a node can have says nothing.
  const all = [...resources].filter((name) => name !== 'pods')
  const namesAll = all.every((name) => reasons.some((reason) => names(reason, name)))
  const needless = all.find((name) => !lacks(name))
  return namesAll && needless !== undefined ? finding('named-needlessly', { resource: needless }, 'room') : undefined
}

/** Of what the usual words say that there is not enough. */
const claimed = (reasons: readonly string[]): string[] =>
  reasons.flatMap((reason) => /^Insufficient (\S+?)[.,:;]?(?:\s|$)/.exec(reason)?.[1] ?? [])

/** Whether a reason mentions a resource, as a word of its own. */
export function names(reason: string, resource: string): boolean {
  if (resource === 'pods') return /\bpods?\b/i.test(reason)
  const at = reason.toLowerCase().indexOf(resource.toLowerCase())
  if (at < 0) return false
  const around = [reason[at - 1] ?? ' ', reason[at + resource.length] ?? ' ']
  return around.every((character) => !/[A-Za-z0-9/-]/.test(character))
}

// ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const describeStatus = ({ code, reasons }: Status): string =>
  reasons.length === 0 ? code : `${code}: ${reasons.join(', ')}`

function describeTruth({ unresolvable, lacking }: Truth): Sayable {
  if (unresolvable.length > 0)
    return say('with-reasons', { code: 'UnschedulableAndUnresolvable', reasons: listed(unresolvable) })
  if (lacking.length === 0) return 'Success'
  const reasons = lacking.map(({ resource }) => (resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`))
  return `Unschedulable: ${reasons.join(', ')}`
}

function describeLack({ resource, asked, free }: Lack): Said {
  if (resource === 'pods') return say('full')
  return say('lacks', { resource, asked: amount(resource, asked), free: amount(resource, free) })
}

function amount(resource: string, thousandths: number): string {
  if (resource === 'cpu') return `${thousandths}m`
  return String(thousandths / 1000)
}

// ── labels ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function unmetLabels(pod: Pod, node: Node): readonly string[] {
  const labels = new Map(Object.entries(node.metadata.labels ?? {}))
  const wanted = Object.entries(pod.spec.nodeSelector ?? {})
  return wanted.flatMap(([key, value]) => (labels.get(key) === value ? [] : [`${key}=${value}`]))
}

/** What each term asks for in vain, or undefined where one of them holds, or none is asked for. */
function unmetAffinity(pod: Pod, node: Node): Sayable | undefined {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (terms === undefined) return undefined
  if (terms.length === 0) return say('no-terms')
  const unmet = terms.map((term) => unmetBy(term, node))
  return unmet.includes(undefined) ? undefined : listed(unmet as Sayable[])
}

function unmetBy({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): Sayable | undefined {
  const labels = new Map(Object.entries(node.metadata.labels ?? {}))
  const fields = new Map([['metadata.name', node.metadata.name]])
  if (matchExpressions.length + matchFields.length === 0) return say('empty-term')
  const unmet =
    matchExpressions.find((requirement) => !requirementMatches(requirement, labels)) ??
    matchFields.find((requirement) => !requirementMatches(requirement, fields))
  return unmet && written(unmet)
}

const written = ({ key, operator, values }: NodeSelectorRequirement): string =>
  values && values.length > 0 ? `${key} ${operator} [${values.join(', ')}]` : `${key} ${operator}`

function requirementMatches(
  { key, operator, values = [] }: NodeSelectorRequirement,
  labels: ReadonlyMap<string, string>,
): boolean {
  const value = labels.get(key)
  const isIn = value !== undefined && values.includes(value)
  const order = value === undefined ? NaN : whole(value) - whole(values[0] ?? '')
  const results = {
    In: isIn,
    NotIn: !isIn,
    Exists: value !== undefined,
    DoesNotExist: value === undefined,
    Gt: order > 0,
    Lt: order < 0,
  }
  return results[operator]
}

const whole = (text: string): number => (/^-?\d+$/.test(text) ? Number(text) : NaN)
