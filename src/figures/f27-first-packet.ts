/** F27, from ADD to the first packet. It cures: "CNI is a daemon that the kubelet calls", and "Pods need NAT between nodes". */

import type { Described } from '#cluster/scenarios/described.ts'
import type { Timeline } from '../simulation/protocol.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { type Ends, type Hop, drawPath, stationsIn } from './kit/packet-path.ts'
import { actor, sentenceOf } from './kit/sentences.ts'
import { type View, stepOf } from './kit/view.ts'

const ENDS: Ends = {
  from: { pod: 'default/client', machine: 'node-1' },
  to: { pod: 'default/server', machine: 'node-2' },
}
const CLIENT = 'client'

/** Hops of the first conversation only: the client asks again every second. */
function firstConversation(timeline: Timeline): { readonly from: number; readonly to: number } {
  const asks = timeline.events.filter(
    ({ kind, label, from }) => kind === 'syscall' && label === 'exchange' && from?.startsWith('node-1/'),
  )
  return { from: asks[0]?.tick ?? Infinity, to: asks[1]?.tick ?? Infinity }
}

const travels = (event: Described, timeline: Timeline): boolean => {
  const { from, to } = firstConversation(timeline)
  return (
    event.tick >= from &&
    event.tick < to &&
    timeline.notes.some(({ tick, kind }) => tick === event.tick && kind === 'hop')
  )
}

function shows(event: Described, timeline: Timeline): boolean {
  const { kind, from, to, verb, name, label } = event
  if (kind === 'fault') return true
  if (travels(event, timeline)) return true
  if (!to.startsWith('node-1/') && kind !== 'command') return false
  switch (kind) {
    case 'command':
      return label.includes('apply')
    case 'cri':
    case 'criReply':
      return verb === 'RunPodSandbox'
    case 'cni':
    case 'cniResult':
    case 'exit':
      return true
    case 'start':
      return name.includes(`_${CLIENT}_`)
    case 'syscall':
      return /\/(?:bridge|host-local)-\d+$|containerd$/.test(from ?? '')
    case 'watch':
      return to.endsWith('/kubelet') && name === CLIENT && verb === 'ADDED'
    default:
      return false
  }
}

/** The first packet and the answer to it are followed through every station; later ones are shown on the wire. */
function isFollowed(timeline: Timeline, { packet }: Hop): boolean {
  const { from } = firstConversation(timeline)
  const ids: number[] = []
  for (const { tick, kind, detail } of timeline.notes) {
    const id = (detail as Hop).packet
    if (tick >= from && kind === 'hop' && !ids.includes(id)) ids.push(id)
    if (ids.length === 2) break
  }
  return ids.includes(packet)
}

const followed = (timeline: Timeline, tick: number) =>
  stationsIn(timeline.notes, tick, ENDS).filter(({ hop }) => isFollowed(timeline, hop))

/** Only a wire between machines is a step of its own; the stations in between are parts. */
const parts = (event: Described, timeline: Timeline): readonly string[] =>
  travels(event, timeline) ? followed(timeline, event.tick).map(({ hop }) => hopSentence(hop)) : []

function hopSentence({ netns, at, link, what, source, destination, nextHop, reason }: Hop): string {
  const where = netns.includes('/') ? `in the Pod ${netns.split('/')[1]}` : `on ${netns}${link ? ` (${link})` : ''}`
  if (reason) return `${what} ends ${where}: ${reason}`
  const onward = nextHop ? `, next hop ${nextHop}` : ''
  const fate = at === 'INPUT' ? 'arrives at a socket' : 'is'
  return `${what} ${fate} ${where}${onward}: ${source} → ${destination}`
}

const addressOf = (text: string): string => text.slice(0, text.lastIndexOf(':'))

function arrival(timeline: Timeline): { readonly tick: number; readonly hop: Hop } | undefined {
  const note = timeline.notes.find(
    ({ kind, detail }) => kind === 'hop' && (detail as Hop).netns === ENDS.to.pod && (detail as Hop).at === 'INPUT',
  )
  return note && { tick: note.tick, hop: note.detail as Hop }
}

function outcome(timeline: Timeline): Outcome | undefined {
  const seen = arrival(timeline)
  if (!seen) return undefined
  const left = timeline.notes.find(({ kind, detail }) => kind === 'hop' && (detail as Hop).netns === ENDS.from.pod)
    ?.detail as Hop
  const address = addressOf(seen.hop.source)
  const same = left.source === seen.hop.source && left.destination === seen.hop.destination
  const value = address === addressOf(left.source) ? 'pod' : address.startsWith('192.168.') ? 'node' : 'bridge'
  return {
    value,
    sentence: `${ENDS.to.pod.split('/')[1]} saw ${seen.hop.source} → ${seen.hop.destination}${same ? ': both ends as the client had written them, at every hop. Nobody translated anything.' : ', which is not what the client had written.'}`,
    tick: seen.tick,
  }
}

/** The station of the step at hand, and the one before. */
function placeOf(view: View) {
  const at = (index: number): { station: number; hop: Hop } | undefined => {
    const step = view.steps[index]
    if (!step || !travels(step.event, view.timeline)) return undefined
    if (step.part > 0) return followed(view.timeline, step.event.tick)[step.part - 1]
    if (step.event.kind !== 'packet') return undefined
    // On the wire: it has come as far as the other machine's device.
    const first = stationsIn(view.timeline.notes, step.event.tick, ENDS)[0]
    return first && { station: step.event.to.startsWith(ENDS.to.machine) ? 3 : 2, hop: first.hop }
  }
  const now = at(view.index)
  const crossing = now && stepOf(view)?.part === 0 ? 5 - now.station : undefined
  return { now, before: crossing ?? at(view.index - 1)?.station }
}

function runningPlugin({ frame }: View): string {
  const machine = frame.machines.find(({ name }) => name === ENDS.from.machine)
  const plugin = machine?.processes.findLast(
    ({ isChild, component }) => isChild && (component === 'bridge' || component === 'host-local'),
  )
  if (!plugin)
    throw new Error(
      'No plugin runs at this moment. Step to one of the moments between ADD and its result, and try again.',
    )
  return plugin.id
}

export const figure: FigureDefinition = {
  id: 'F27',
  story: { story: 'add-to-first-packet' },
  inspects: 'pods',
  opening: (timeline) =>
    timeline.events.find(({ kind, name, to }) => kind === 'watch' && to === 'node-1/kubelet' && name === CLIENT)
      ?.tick ?? 0,
  lens: {
    shows,
    parts,
    sentence: (event) =>
      event.label === 'exchange'
        ? `The client on node-1 asks its kernel to connect to ${event.name}`
        : event.kind === 'packet'
          ? `On the wire from ${actor(event.from)} to ${actor(event.to)}: ${event.verb}`
          : sentenceOf(event),
    isMajor: ({ kind, verb }) =>
      kind === 'cni' ||
      kind === 'cniResult' ||
      kind === 'fault' ||
      verb === 'exchange' ||
      kind === 'cri' ||
      kind === 'packet',
  },
  prediction: {
    question: 'The client on node-1 speaks to the server on node-2. Which source address does the server see?',
    choices: [
      { value: 'pod', label: 'the client Pod’s own' },
      { value: 'node', label: 'node-1’s' },
      { value: 'bridge', label: 'that of the bridge cni0' },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'harm',
      label: 'now',
      choices: [
        {
          value: 'crash',
          label: 'kill the plugin that runs',
          effect: {
            kind: 'fork',
            changes: (view) => [{ command: { type: 'crash', process: runningPlugin(view) } }],
            extraMicros: 20_000_000,
          },
        },
        {
          value: 'cut',
          label: 'cut the wire between the nodes',
          effect: {
            kind: 'fork',
            changes: () => [{ command: { type: 'partition', groups: [['node-1'], ['node-2']] } }],
            extraMicros: 20_000_000,
          },
        },
      ],
    },
  ],
  pace: (step) => (step.part > 0 ? 600 : 900),
  draw: (view) => {
    const { now, before } = placeOf(view)
    return drawPath(view, { ends: ENDS, now, before })
  },
}
