/** F14, a node goes dark. It cures: "Pods move at once", and "the kubelet says that it is gone". */
import { html } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Timeline } from '../simulation/protocol.ts'
import { drawBoard } from './kit/board.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { sentenceOf } from './kit/sentences.ts'
import { drawSpan } from './kit/span.ts'
import type { View } from './kit/view.ts'

const DARK = 'node-3'

const faultOf = ({ events }: Timeline): Described | undefined =>
  events.find(({ kind, verb }) => kind === 'fault' && verb === 'powerOff')

/** The Pod that takes the lost one's place: the first created after the power went. */
function replacementOf(timeline: Timeline): string | undefined {
  const fault = faultOf(timeline)
  return timeline.events.find(
    ({ tick, verb, resource, name }) =>
      fault &&
      tick > fault.tick &&
      verb === 'txn put' &&
      resource === 'pods' &&
      timeline.events.every((earlier) => earlier.tick > fault.tick || earlier.name !== name),
  )?.name
}

function shows(event: Described, timeline: Timeline): boolean {
  const { kind, verb, resource, name, to, from, remark } = event
  if (kind === 'fault') return true
  // The eviction is decided when its time has come, and carried out a moment later: it is told once.
  if (kind === 'decision')
    return !remark.includes('podCIDR') && timeline.events.find((other) => other.remark === remark)?.tick === event.tick
  if (kind === 'watch') {
    if (resource === 'nodes') return to.endsWith('/kube-controller-manager')
    return resource === 'pods' && to.endsWith('/kubelet') && (name === replacementOf(timeline) || verb === 'DELETED')
  }
  if (kind === 'cri') return verb === 'RunPodSandbox'
  if (kind !== 'request' || !to.endsWith('/kube-apiserver')) return false
  if (verb === 'GET' || verb === 'LIST') return false
  if (resource === 'nodes/status' || resource === 'nodes') return true
  if (resource === 'pods/status') return from?.endsWith('/kubelet') === true && name === replacementOf(timeline)
  return (verb === 'POST' && resource.startsWith('pods')) || (verb === 'DELETE' && resource === 'pods')
}

/** How long after the power went another Pod is Ready. */
function replacedAfter(timeline: Timeline): { readonly after: Micros; readonly tick: number } | undefined {
  const fault = faultOf(timeline)
  const name = replacementOf(timeline)
  const last = timeline.events.findLast(
    ({ kind, resource, from, name: of }) =>
      kind === 'request' && resource === 'pods/status' && of === name && from?.endsWith('/kubelet'),
  )
  return fault && last && { after: last.at - fault.at, tick: last.tick }
}

function outcome(timeline: Timeline): Outcome | undefined {
  const replaced = replacedAfter(timeline)
  if (!replaced) return undefined
  const seconds = Math.round(replaced.after / 1e6)
  const value = seconds < 5 ? 'once' : seconds < 60 ? 'minute' : seconds < 450 ? 'minutes' : 'never'
  return {
    value,
    sentence: `another Pod was Ready ${seconds} s after the power went: some 50 s of silence until the node counts as unreachable, and 300 s that every Pod tolerates it. The old Pod did not move.`,
    tick: replaced.tick,
  }
}

/** Events of interest on the span of time below the board. */
function marksOf(timeline: Timeline) {
  const fault = faultOf(timeline)
  if (!fault) return []
  const find = (fits: (event: Described) => boolean) =>
    timeline.events.find((event) => event.tick > fault.tick && fits(event))
  const unknown = find(({ remark }) => remark.includes('has been silent'))
  const evicted = find(({ remark }) => remark.includes('is evicted'))
  const on = find(({ kind, verb }) => kind === 'fault' && verb === 'powerOn')
  const replaced = replacedAfter(timeline)
  return [
    { at: fault.at, label: 'power off', tone: 'bad' as const },
    ...(unknown ? [{ at: unknown.at, label: 'Unknown', tone: 'bad' as const }] : []),
    ...(evicted ? [{ at: evicted.at, label: 'evicted', tone: 'plain' as const }] : []),
    ...(replaced ? [{ at: fault.at + replaced.after, label: 'replaced', tone: 'good' as const }] : []),
    ...(on ? [{ at: on.at, label: 'power on', tone: 'plain' as const }] : []),
  ]
}

const other = (machine: string) => ({
  value: machine,
  label: machine,
  effect: {
    kind: 'fork' as const,
    changes: () => [{ command: { type: 'powerOff' as const, machine } }],
    extraMicros: 420_000_000,
  },
})

export const figure: FigureDefinition = {
  id: 'F14',
  story: { story: 'node-goes-dark' },
  inspects: 'nodes',
  opening: (timeline) => Math.max(0, (faultOf(timeline)?.tick ?? 0) - 1),
  lens: {
    shows,
    sentence: sentenceOf,
    isMajor: ({ kind, remark }) => kind === 'fault' || /silent|evicted|to create/.test(remark),
  },
  prediction: {
    question: `${DARK} loses power. When is its Pod running elsewhere?`,
    choices: [
      { value: 'once', label: 'at once' },
      { value: 'minute', label: 'within a minute' },
      { value: 'minutes', label: 'after several minutes' },
      { value: 'never', label: 'never' },
    ],
    outcome,
  },
  tweaks: [{ id: 'off', label: 'also take the power, now, from', choices: [other('node-1'), other('node-2')] }],
  draw: (view: View) =>
    html`${drawBoard(view, { shows: ({ namespace }) => namespace === 'default', waitingRoom: 2 })}
      <div class="below">${drawSpan(view, marksOf(view.timeline))}</div>`,
}
