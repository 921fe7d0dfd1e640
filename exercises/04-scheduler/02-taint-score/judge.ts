/** Holds answers against the simulation's own plugins, and says which taint, which count or which resource it is about. */
import {
  type FullNodeInfo,
  fullNodeInfo,
  podRequests,
  ReferenceCycle,
  type ScoringPlugins,
  type Status,
  type Trial,
} from 'clusterwright/kit'
import type { Node, Pod, Taint, Toleration } from 'clusterwright/api'
import type { Round } from './cases.ts'
import { say } from './texts.ts'

const TAINTS = 'TaintToleration'
const FIT = 'NodeResourcesFit'

export const infosOf = ({ nodes, existing }: Round): FullNodeInfo[] => nodes.map((node) => fullNodeInfo(node, existing))

// ── filter ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export function judgeFilters(trial: Trial<any>, plugins: ScoringPlugins, round: Round): void {
  plugins.update(infosOf(round))
  for (const pod of round.incoming) {
    const answers = plugins.filters(pod)
    for (const node of round.nodes) judgeFilter(trial, pod, node, answers[node.metadata.name]!)
  }
}

const isKeptOut = (pod: Pod, node: Node): boolean =>
  new ReferenceCycle([TAINTS], pod, [node], []).filter(node.metadata.name).code !== 'Success'

const withTaints = (node: Node, ...taints: readonly Taint[]): Node => ({ ...node, spec: { ...node.spec, taints } })

function judgeFilter(trial: Trial<any>, pod: Pod, node: Node, { code, reasons }: Status): void {
  const names = { pod: pod.metadata.name, node: node.metadata.name }
  const { taints = [] } = node.spec ?? {}
  const bad = taints.find((taint) => isKeptOut(pod, withTaints(node, taint)))
  const tolerations = say('tolerations', { list: tolerationsInWords(pod) })
  const actual = reasons.length === 0 ? code : `${code}: ${reasons.join(', ')}`
  if (!bad) {
    const key = taints.some(({ effect }) => effect !== 'PreferNoSchedule') ? 'refused' : 'refused-harmless'
    trial.ensure(code === 'Success', () => ({
      message: say(key, { ...names, taints: taints.map(taintInWords).join(', ') || '—', tolerations }),
      expected: 'Success',
      actual,
      hint: 'toleration',
    }))
    return
  }
  const expected = 'UnschedulableAndUnresolvable'
  const finding = (key: 'let-through' | 'not-for-good' | 'no-reason') => ({
    message: say(key, { ...names, taint: taintInWords(bad), tolerations }),
    ...{ expected, actual, hint: 'toleration' },
  })
  if (code === 'Success') trial.fail(finding('let-through'))
  if (code !== expected) trial.fail(finding('not-for-good'))
  if (!reasons.some((reason) => reason.trim() !== '')) trial.fail(finding('no-reason'))
}

export const taintInWords = ({ key, value, effect }: Taint): string => `${key}${value ? `=${value}` : ''}:${effect}`

const tolerationsInWords = ({ spec }: Pod): string => (spec.tolerations ?? []).map(tolerationInWords).join(', ') || '—'

function tolerationInWords({ key, operator, value, effect }: Toleration): string {
  const fields = Object.entries({ key, operator, value, effect }).filter(([, text]) => text !== undefined)
  return `{${fields.map(([name, text]) => `${name}: ${text === '' ? '""' : text}`).join(', ')}}`
}

// ── points ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export function judgeTaintPoints(trial: Trial<any>, plugins: ScoringPlugins, round: Round): void {
  plugins.update(infosOf(round))
  const names = round.nodes.map(({ metadata }) => metadata.name)
  for (const pod of round.incoming) {
    const { raw, normalized } = plugins.points('taintToleration', pod)
    const truth = new ReferenceCycle([TAINTS], pod, round.nodes, round.existing).points(TAINTS, names)
    const tolerations = say('tolerations', { list: tolerationsInWords(pod) })
    for (const { metadata, spec } of round.nodes) {
      const { name } = metadata
      const taints = (spec?.taints ?? []).map(taintInWords).join(', ') || '—'
      const more = { pod: pod.metadata.name, node: name, taints, tolerations }
      trial.equal(raw[name], truth.raw[name], say('count', more), { hint: 'toleration' })
    }
    const counts = names.map((name) => `${name}: ${truth.raw[name]}`).join(', ')
    for (const name of names)
      trial.equal(normalized[name], truth.normalized[name], say('normalized', { node: name, counts }), {
        hint: 'reverse',
      })
  }
}

export function judgeRoom(trial: Trial<any>, plugins: ScoringPlugins, round: Round): void {
  const infos = infosOf(round)
  plugins.update(infos)
  const names = round.nodes.map(({ metadata }) => metadata.name)
  for (const pod of round.incoming) {
    const { normalized } = plugins.points('leastAllocated', pod)
    const truth = new ReferenceCycle([FIT], pod, round.nodes, round.existing).points(FIT, names)
    for (const info of infos) {
      const { name } = info.node.metadata
      const more = { pod: pod.metadata.name, node: name, left: leftInWords(pod, info) }
      trial.equal(normalized[name], truth.normalized[name], say('room', more), { hint: 'room' })
    }
  }
}

function leftInWords(pod: Pod, { allocatable, requested }: FullNodeInfo): string {
  const asked = podRequests(pod)
  const left = (resource: 'cpu' | 'memory') =>
    (allocatable[resource] ?? 0) - (requested[resource] ?? 0) - (asked[resource] ?? 0) / (resource === 'cpu' ? 1 : 1000)
  const mebi = (bytes: number) => `${Math.round((bytes / 2 ** 20) * 10) / 10}Mi`
  return `cpu ${left('cpu')}m / ${allocatable['cpu'] ?? 0}m, memory ${mebi(left('memory'))} / ${mebi(allocatable['memory'] ?? 0)}`
}
