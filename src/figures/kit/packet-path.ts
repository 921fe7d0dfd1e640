/** The way of a packet between two Pods: stations from one network namespace to the other, and who sees which addresses. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import type { Frame, MachineView, NoteView } from '../../simulation/protocol.ts'
import { centre, fitted, type Point, process, type Rect } from './shapes.ts'
import { type View, isNarrow } from './view.ts'
import { say } from './words.ts'

/** A `hop` note of the kernel. */
export interface Hop {
  readonly packet: number
  readonly netns: string
  readonly at: string
  readonly what: string
  readonly source: string
  readonly destination: string
  readonly link?: string
  readonly nextHop?: string
  readonly reason?: string
}

/** The two Pods, as `namespace/name` and by the machines that they are meant for. */
export interface Ends {
  readonly from: { readonly pod: string; readonly machine: string }
  readonly to: { readonly pod: string; readonly machine: string }
}

/** Stations in order: Pod, bridge and device of the one machine, device, bridge and Pod of the other. */
export const STATIONS = 6

/** Where on the way a hop is; undefined where it is elsewhere. */
export function stationOf({ netns, at, link }: Hop, { from, to }: Ends): number | undefined {
  if (netns === from.pod) return 0
  if (netns === to.pod) return STATIONS - 1
  const isDevice = link === 'eth0' && at !== 'bridge' && at !== 'port'
  if (netns === from.machine) return isDevice ? 2 : 1
  if (netns === to.machine) return isDevice ? 3 : 4
  return undefined
}

/** The stations that an event's hops come by, each once. */
export function stationsIn(notes: readonly NoteView[], tick: number, ends: Ends): { station: number; hop: Hop }[] {
  const stops: { station: number; hop: Hop }[] = []
  for (const note of notes) {
    if (note.tick !== tick || note.kind !== 'hop') continue
    const hop = note.detail as Hop
    const station = stationOf(hop, ends)
    if (station === undefined) continue
    const last = stops.at(-1)
    if (last?.station === station && last.hop.packet === hop.packet)
      stops[stops.length - 1] = { station, hop: { ...last.hop, ...hop } }
    else stops.push({ station, hop })
  }
  return stops
}

interface Station {
  readonly label: string
  readonly address: string
  readonly exists: boolean
}

function stationsOf(frame: Frame, ends: Ends): readonly Station[] {
  const half = ({ pod, machine: name }: Ends['from']): Station[] => {
    const machine = frame.machines.find((one) => one.name === name)
    const link = (netns: string, wanted: string) =>
      machine?.netns.find(({ label }) => label === netns)?.links.find((one) => one.name === wanted)
    const station = (label: string, found: ReturnType<typeof link>): Station => ({
      label,
      address: found?.addresses[0]?.split('/')[0] ?? '',
      exists: found !== undefined,
    })
    return [
      station(`Pod ${pod.split('/')[1]}`, link(pod, 'eth0')),
      station('cni0', link(name, 'cni0')),
      station('eth0', link(name, 'eth0')),
    ]
  }
  return [...half(ends.from), ...half(ends.to).reverse()]
}

export interface PathView {
  readonly ends: Ends
  /** Where the packet is now, if one is on its way. */
  readonly now: { readonly station: number; readonly hop: Hop } | undefined
  readonly before: number | undefined
}

export function drawPath(view: View, path: PathView): TemplateResult {
  const layout = isNarrow(view) ? narrowLayout(view.width) : wideLayout(view.width)
  const stations = stationsOf(view.frame, path.ends)
  const { now, before } = path
  return html`<svg
    class="path"
    width=${view.width}
    height=${layout.height}
    viewBox="0 0 ${view.width} ${layout.height}"
    role="img"
    aria-label=${summary(stations, path)}
  >
    ${layout.machines.map(
      (
        rect,
        i,
      ) => svg`<g class="machine node"><rect x=${rect.x} y=${rect.y} width=${rect.width} height=${rect.height} rx="14" class="machine-box" />
        <text x=${rect.x + 14} y=${rect.y + 25} class="machine-name">${i === 0 ? path.ends.from.machine : path.ends.to.machine}</text></g>`,
    )}
    ${layout.stations.slice(0, -1).map((rect, i) => wire(rect, layout.stations[i + 1]!, stations[i]!.exists && stations[i + 1]!.exists))}
    ${stations.map((station, i) => drawStation(layout.stations[i]!, station, now?.station === i, i === 0 || i === STATIONS - 1))}
    ${now ? packet(layout, now, before, view.width) : nothing}
    ${givenOut(
      view.frame.machines.find(({ name }) => name === path.ends.to.machine),
      layout.machines[1]!,
    )}
    ${chain(
      view.frame.machines.find(({ name }) => name === path.ends.from.machine),
      layout.chain,
    )}
  </svg>`
}

interface PathLayout {
  readonly height: number
  readonly machines: readonly Rect[]
  readonly stations: readonly Rect[]
  readonly chain: Rect
}

function wideLayout(width: number): PathLayout {
  const gap = 56
  const machine = (width - 2 - gap) / 2
  const box = Math.min(128, (machine - 28 - 2 * 22) / 3)
  const space = (machine - 28 - 3 * box) / 2
  const y = 62
  const at = (left: number, i: number): Rect => ({ x: left + 14 + i * (box + space), y, width: box, height: 54 })
  const right = 1 + machine + gap
  return {
    height: 262,
    machines: [
      { x: 1, y: 1, width: machine, height: 226 },
      { x: right, y: 1, width: machine, height: 226 },
    ],
    stations: [at(1, 0), at(1, 1), at(1, 2), at(right, 0), at(right, 1), at(right, 2)],
    chain: { x: 15, y: 160, width: machine - 28, height: 60 },
  }
}

function narrowLayout(width: number): PathLayout {
  const box = width - 150
  const at = (top: number, i: number): Rect => ({ x: 14, y: top + 36 + i * 58, width: box, height: 42 })
  return {
    height: 594,
    machines: [
      { x: 1, y: 1, width: width - 2, height: 300 },
      { x: 1, y: 326, width: width - 2, height: 240 },
    ],
    stations: [at(76, 0), at(76, 1), at(76, 2), at(326, 0), at(326, 1), at(326, 2)],
    chain: { x: 14, y: 38, width: width - 28, height: 60 },
  }
}

function wire(a: Rect, b: Rect, exists: boolean): SVGTemplateResult {
  const from = centre(a)
  const to = centre(b)
  const across = Math.abs(from.y - to.y) < 2
  const path = across ? `M${a.x + a.width} ${from.y}H${b.x}` : `M${from.x} ${a.y + a.height}V${b.y}`
  return svg`<path d=${path} class="wire ${exists ? '' : 'missing'}" />`
}

const notYet = (): string => say('not there yet', 'aún no existe')

function drawStation(
  { x, y, width, height }: Rect,
  { label, address, exists }: Station,
  here: boolean,
  isPod: boolean,
): SVGTemplateResult {
  const middle = x + width / 2
  return svg`<g class="station ${isPod ? 'pod' : 'device'} ${exists ? '' : 'missing'} ${here ? 'here' : ''}">
    <rect x=${x} y=${y} width=${width} height=${height} rx="10" class="station-box" />
    <text x=${middle} y=${y + height / 2 - 3} text-anchor="middle" class="station-name">${fitted(label, width - 8, 13)}</text>
    <text x=${middle} y=${y + height / 2 + 14} text-anchor="middle" class="mono">${address || (exists ? say('no address', 'sin dirección') : notYet())}</text>
  </g>`
}

function packet(
  layout: PathLayout,
  { station, hop }: NonNullable<PathView['now']>,
  before: number | undefined,
  width: number,
): SVGTemplateResult {
  const place = (i: number): Point => {
    const rect = layout.stations[i]!
    const { x, y } = centre(rect)
    return rect.height > 50 ? { x, y: rect.y - 4 } : { x: rect.x + rect.width + 12, y }
  }
  const at = place(station)
  const from = before === undefined ? at : place(before)
  const label = `${hop.source} → ${hop.destination}`
  const room = (hop.what.length + 2 + label.length) * 3.95 + 2
  const below = layout.height - 14
  return svg`<g class="packet moving">
    <path d="M0 -9L9 0L0 9L-9 0z" class="diamond glide" style="offset-path: path('M${from.x} ${from.y}L${at.x} ${at.y}')" />
    <text x=${Math.max(room, Math.min(at.x, width - room))} y=${below} text-anchor="middle" class="packet-label">${hop.what}: ${label}</text>
    ${hop.reason ? svg`<text x=${at.x} y=${at.y - 14} text-anchor="middle" class="no">✕ ${hop.reason}</text>` : nothing}
  </g>`
}

// ── the chain that makes the network ────────────────────────────────────────────────────────────────────────────────

const CHAIN = ['kubelet', 'containerd', 'bridge', 'host-local'] as const

/** Between two of the chain, for the arrow. */
const CHAIN_GAP = 18

/** Each has room for its name: what is left beside the letters is shared alike. */
function chainWidths(width: number): number[] {
  const letters = CHAIN.map((name) => name.length * 6.3)
  const spare = width - 3 * CHAIN_GAP - letters.reduce((sum, one) => sum + one, 0)
  return letters.map((one) => one + spare / CHAIN.length)
}

function chain(machine: MachineView | undefined, { x, y, width }: Rect): SVGTemplateResult {
  if (!machine) return svg``
  const widths = chainWidths(width)
  const running = CHAIN.map((name) =>
    machine.processes.find((one) => (one.isChild ? one.component : one.name) === name),
  )
  return svg`<g class="chain">${CHAIN.map((name, i) => {
    const left = widths.slice(0, i).reduce((sum, one) => sum + one + CHAIN_GAP, x)
    const rect = { x: left, y, width: widths[i]!, height: 30 }
    const one = running[i]
    const isPlugin = i > 1
    return svg`${process(rect, name, one?.state ?? 'up', one && isPlugin ? 'active' : 'plain')}
      ${!one ? svg`<rect x=${rect.x} y=${rect.y} width=${rect.width} height=${rect.height} rx="8" class="idle" />` : nothing}
      ${i < 3 ? svg`<path d="M${rect.x + rect.width + 3} ${y + 15}h10m-4 -3.5l4 3.5 -4 3.5" class="link ${running[i + 1] ? 'on' : ''}" />` : nothing}`
  })}
    <text x=${x} y=${y + 50} class="mono">${addressesGiven(machine)}</text></g>`
}

const addressesGiven = ({ allocated }: MachineView): string =>
  `${say('given out', 'entregadas')}: ${allocated.join(', ') || say('nothing', 'ninguna')}`

const givenOut = (machine: MachineView | undefined, { x, y, height }: Rect): SVGTemplateResult =>
  machine ? svg`<text x=${x + 14} y=${y + height - 16} class="mono">${addressesGiven(machine)}</text>` : svg``

function summary(stations: readonly Station[], { ends, now }: PathView): string {
  const list = stations
    .map(
      ({ label, address, exists }) =>
        `${label} ${exists ? address || say('without an address', 'sin dirección') : notYet()}`,
    )
    .join(', ')
  const packet = now
    ? say(
        ` A packet ${now.hop.what} from ${now.hop.source} to ${now.hop.destination} is at ${stations[now.station]!.label}.`,
        ` Un paquete ${now.hop.what} de ${now.hop.source} a ${now.hop.destination} está en ${stations[now.station]!.label}.`,
      )
    : ''
  return `${say(`From ${ends.from.machine} to ${ends.to.machine}`, `De ${ends.from.machine} a ${ends.to.machine}`)}: ${list}.${packet}`
}
