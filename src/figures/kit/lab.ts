/** The topology lab: zones with their nodes, taints as flags, Pods where they are, and how even they are spread. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import type { Frame, MachineView, PodView, SpreadView } from '../../simulation/protocol.ts'
import { type Decision, isRefused } from './funnel.ts'
import { type Rect, definitions, fitText, pod as drawPod, shortPodName } from './shapes.ts'
import { type Spot, withSpots } from './spots.ts'
import { type View, isNarrow } from './view.ts'
import { say } from './words.ts'

const ZONE = 'topology.kubernetes.io/zone'

const HEAD = 26
const NODE_HEAD = 46
const POD = { width: 78, height: 40 }
const GAP = 8
const BAR = 18

interface PlacedNode {
  readonly machine: MachineView
  readonly pods: readonly { readonly pod: PodView; readonly rect: Rect }[]
  readonly rect: Rect
}

interface Zone {
  readonly name: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
}

/** How many of an app each zone has, and how far apart they are. */
export interface Skew {
  readonly app: string
  readonly spread: SpreadView
  readonly counts: ReadonlyMap<string, number>
  readonly skew: number
}

const isOurs = ({ namespace }: PodView): boolean => namespace === 'default'
const isOn = ({ phase }: PodView): boolean => phase !== 'terminating' && phase !== 'failed' && phase !== 'succeeded'

/** Zones and their nodes, in the order of the machines. */
export function zonesIn({ machines }: Frame): ReadonlyMap<string, readonly MachineView[]> {
  const zones = new Map<string, MachineView[]>()
  for (const machine of machines) {
    const zone = machine.node?.labels[ZONE]
    if (zone !== undefined) zones.set(zone, [...(zones.get(zone) ?? []), machine])
  }
  return zones
}

/** Of the Pods that say how they want to be spread over the zones; those that are on their way out do not count. */
export function skewIn(frame: Frame): Skew | undefined {
  const asking = frame.pods.find(({ spread }) => spread?.some(({ topologyKey }) => topologyKey === ZONE))
  const spread = asking?.spread?.find(({ topologyKey }) => topologyKey === ZONE)
  const app = asking?.labels['app']
  if (!spread || app === undefined) return undefined
  const zoneOf = new Map([...zonesIn(frame)].flatMap(([zone, machines]) => machines.map(({ name }) => [name, zone])))
  const counts = new Map([...zonesIn(frame).keys()].map((zone) => [zone, 0]))
  for (const pod of frame.pods) {
    const zone = pod.node === undefined ? undefined : zoneOf.get(pod.node)
    if (zone !== undefined && pod.labels['app'] === app && isOn(pod)) counts.set(zone, counts.get(zone)! + 1)
  }
  const all = [...counts.values()]
  return { app, spread, counts, skew: Math.max(...all) - Math.min(...all) }
}

function layout(
  frame: Frame,
  width: number,
  narrow: boolean,
): { readonly zones: readonly Zone[]; readonly height: number } {
  const zones = [...zonesIn(frame)]
  const zoneWidth = narrow ? width : (width - GAP * 2 * (zones.length - 1)) / zones.length
  const nodeWidth = narrow ? (width - GAP * 3) / 2 : zoneWidth - GAP * 2
  const across = Math.max(1, Math.floor((nodeWidth - GAP) / (POD.width + GAP)))
  const ours = frame.pods.filter(isOurs)
  const most = Math.max(...zones.flatMap(([, machines]) => machines.map(({ name }) => ours.filter(({ node }) => node === name).length))) // prettier-ignore
  // Room for two rows at least, so that the picture does not jump when Pods come.
  const rows = Math.max(2, Math.ceil(most / across))
  const nodeHeight = NODE_HEAD + rows * (POD.height + 6) + 4
  const zoneHeight = HEAD + (narrow ? nodeHeight : 2 * (nodeHeight + GAP)) + (narrow ? GAP : 0) + BAR + 12
  const placed = zones.map(([name, machines], z): Zone => {
    const x = narrow ? 0 : z * (zoneWidth + GAP * 2)
    const y = narrow ? z * (zoneHeight + GAP * 2) : 0
    const nodes = machines.map((machine, i): PlacedNode => {
      const rect = { x: x + GAP + (narrow ? i * (nodeWidth + GAP) : 0), y: y + HEAD + (narrow ? 0 : i * (nodeHeight + GAP)), width: nodeWidth, height: nodeHeight } // prettier-ignore
      const pods = ours
        .filter(({ node }) => node === machine.name)
        .map((pod, j) => ({
          pod,
          rect: {
            x: rect.x + GAP + (j % across) * (POD.width + GAP),
            y: rect.y + NODE_HEAD + Math.floor(j / across) * (POD.height + 6),
            ...POD,
          },
        }))
      return { machine, rect, pods }
    })
    return { name, x, y, width: zoneWidth, height: zoneHeight, nodes }
  })
  return { zones: placed, height: narrow ? zones.length * (zoneHeight + GAP * 2) - GAP * 2 : zoneHeight }
}

const WAITING = 62

/** @param decision what the scheduler says at this very step */
export function drawLab(view: View, decision: Decision | undefined): TemplateResult {
  const { frame, width } = view
  const { zones, height } = layout(frame, width, isNarrow(view))
  const skew = skewIn(frame)
  const waiting = frame.pods.filter((pod) => isOurs(pod) && pod.node === undefined)
  const total = height + GAP * 2 + WAITING
  const picture = html`<svg
    class="lab"
    width=${width}
    height=${total}
    viewBox="0 0 ${width} ${total}"
    role="img"
    aria-label=${labSummary(frame, decision)}
  >
    ${definitions()} ${zones.map((zone) => drawZone(zone, skew, decision))}
    ${drawWaiting(waiting, height + GAP * 2, width, frame.pods.some(isOurs))}
  </svg>`
  return withSpots(picture, spotsOf(zones), view)
}

const spotsOf = (zones: readonly Zone[]): Spot[] =>
  zones.flatMap(({ nodes }) =>
    nodes.flatMap(({ machine: { name }, rect, pods }): Spot[] => [
      {
        key: { resource: 'nodes', namespace: '', name },
        label: `Node ${name}`,
        rect: { ...rect, height: NODE_HEAD - 4 },
      },
      ...pods.map(({ pod, rect: box }): Spot => ({ key: { resource: 'pods', namespace: pod.namespace, name: pod.name }, label: `Pod ${pod.name}`, rect: box })), // prettier-ignore
    ]),
  )

function drawZone(
  { name, x, y, width, height, nodes }: Zone,
  skew: Skew | undefined,
  decision: Decision | undefined,
): SVGTemplateResult {
  return svg`<g class="zone">
    <rect x=${x + 0.75} y=${y + 0.75} width=${width - 1.5} height=${height - 1.5} rx="14" class="zone-box" />
    <text x=${x + 14} y=${y + 18} class="zone-name">${say('zone', 'zona')} ${name}</text>
    ${nodes.map((node) => drawNode(node, decision))}
    ${skew ? drawSkew(name, skew, { x: x + 14, y: y + height - BAR - 7, width: width - 28, height: BAR }) : nothing}
  </g>`
}

function drawNode({ machine, rect, pods }: PlacedNode, decision: Decision | undefined): SVGTemplateResult {
  const { x, y, width, height } = rect
  const said = decision?.nodes.find(({ node }) => node === machine.name)
  const refused = said !== undefined && isRefused(said)
  const isChosen = decision?.chosen === machine.name
  const state = refused ? 'refused' : isChosen ? 'chosen' : ''
  const taints = machine.node?.taints ?? []
  const words = refused ? refusalWords(said.plugin) : isChosen ? say('chosen', 'elegido') : ''
  return svg`<g class="lab-node ${state}">
    <rect x=${x} y=${y} width=${width} height=${height} rx="9" class="node-frame" />
    <text x=${x + 10} y=${y + 18} class="node-name">${machine.name}</text>
    ${words ? svg`<text x=${x + width - 10} y=${y + 18} text-anchor="end" class=${refused ? 'no' : 'yes'}>${refused ? '✕' : '✓'} ${words}</text>` : nothing}
    ${taints.length > 0 ? flag(x + 10, y + 36, taints, width - 36) : nothing}
    ${pods.map(({ pod, rect: box }) => svg`${drawPod(box, pod)}${pod.tolerations ? pennant(box.x + box.width - 12, box.y + box.height - 15) : nothing}`)}
  </g>`
}

/** Letters of code, 11.5 px high, are as wide as those of words of this size. */
const FLAG_SIZE = 12.8

/** Taints; where there is no room for all: of those that Kubernetes sets itself the telling part, then none of the values. */
function flag(x: number, y: number, taints: readonly string[], width: number): SVGTemplateResult {
  const whole = taints.join(', ')
  const telling = whole.replaceAll('node.kubernetes.io/', '')
  const shortest = telling.replaceAll(/=[^:,]*:/g, ':')
  const fits = (text: string): boolean => fitText(text, width, FLAG_SIZE) === text
  const words = [whole, telling].find(fits) ?? fitText(shortest, width, FLAG_SIZE)
  return svg`<g class="flag"><title>${whole}</title><path d="M${x} ${y + 3}v-14l10 3.5l-10 3.5" /><text x=${x + 15} y=${y}>${words}</text></g>`
}

/** A toleration: the same flag, hollow. */
const pennant = (x: number, y: number): SVGTemplateResult =>
  svg`<path d="M${x} ${y + 10}v-10l7.5 2.7l-7.5 2.7" class="pennant" />`

const REFUSALS: Readonly<Record<string, readonly [string, string]>> = {
  TaintToleration: ['its taint', 'su taint'],
  PodTopologySpread: ['uneven', 'desigual'],
  InterPodAffinity: ['Pods there', 'Pods allí'],
  NodeAffinity: ['no such label', 'sin etiqueta'],
  NodeResourcesFit: ['no room', 'sin sitio'],
}

export const refusalWords = (plugin: string): string => {
  const [english, spanish] = REFUSALS[plugin] ?? [plugin, plugin]
  return say(english, spanish)
}

function drawSkew(zone: string, { app, counts, spread, skew }: Skew, { x, y, width }: Rect): SVGTemplateResult {
  const count = counts.get(zone) ?? 0
  const least = Math.min(...counts.values())
  const limit = least + spread.maxSkew
  const label = `${app}: ${count}`
  const left = x + label.length * 7.5 + 10
  const size = Math.min(15, (width - (left - x) - 8) / Math.max(limit, count, 1) - 3)
  const at = (i: number): number => left + i * (size + 3)
  return svg`<g class="skew ${skew > spread.maxSkew ? 'uneven' : ''}">
    <title>${say(`${count} Pods of ${app} in zone ${zone}; at most ${limit}, ${spread.maxSkew} more than the least`, `${count} Pods de ${app} en la zona ${zone}; como mucho ${limit}, ${spread.maxSkew} más que la que menos tiene`)}</title>
    <text x=${x} y=${y + 13}>${label}</text>
    ${Array.from({ length: Math.max(count, limit) }, (_, i) => svg`<rect x=${at(i)} y=${y + 1.5} width=${size} height=${size} rx="3" class=${i < count ? (i < limit || !spread.isHard ? 'held' : 'held over') : 'free'} />`)}
    ${spread.isHard ? svg`<path d="M${at(limit) - 1.5} ${y - 3}v${BAR + 4}" class="limit" /><text x=${at(Math.max(count, limit)) + 7} y=${y + 13} class="most">${say('at most', 'como mucho')} ${limit}</text>` : nothing}
  </g>`
}

function drawWaiting(waiting: readonly PodView[], y: number, width: number, hasPods: boolean): SVGTemplateResult {
  const reason = waiting.find(({ message }) => message !== '')?.message ?? ''
  const fits = Math.max(1, Math.floor(Math.min(width, 420) / (POD.width + GAP)))
  const shown = waiting.slice(0, fits)
  const after = shown.length * (POD.width + GAP) + 4
  return svg`<g class="lab-waiting">
    <path d="M0 ${y - 4}H${width}" class="hairline" />
    ${waiting.length === 0 ? svg`<text x="2" y=${y + 20} class="quiet">${hasPods ? say('Every Pod has a node.', 'Cada Pod tiene su nodo.') : say('There are no Pods yet.', 'Aún no hay Pods.')}</text>` : nothing}
    ${shown.map((pod, i) => drawPod({ x: i * (POD.width + GAP) + 2, y: y + 8, ...POD }, pod))}
    ${waiting.length > shown.length ? svg`<text x=${after} y=${y + 24} class="quiet">+${waiting.length - shown.length}</text>` : nothing}
    ${reason ? svg`<text x=${after + 22} y=${y + 33} class="no"><title>${reason}</title>${fitText(reason, width - after - 24, 12.5)}</text>` : nothing}
  </g>`
}

/** The lab in words, for those who do not see it. */
export function labSummary(frame: Frame, decision: Decision | undefined): string {
  const parts = [...zonesIn(frame)].map(([zone, machines]) => {
    const nodes = machines.map(({ name, node }) => {
      const pods = frame.pods.filter((pod) => isOurs(pod) && pod.node === name)
      const list = pods.map((pod) => `${shortPodName(pod)} ${pod.phase}`).join(', ')
      const taints = node?.taints.length ? ` (${node.taints.join(', ')})` : ''
      return `${name}${taints}: ${list || say('no Pods', 'sin Pods')}`
    })
    return `${say('Zone', 'Zona')} ${zone}: ${nodes.join('; ')}`
  })
  const skew = skewIn(frame)
  const even = skew
    ? ` ${say('Skew of', 'Desigualdad de')} ${skew.app}: ${skew.skew}, maxSkew ${skew.spread.maxSkew}.`
    : ''
  const waiting = frame.pods.filter((pod) => isOurs(pod) && pod.node === undefined).map(shortPodName)
  const rest = waiting.length > 0 ? ` ${say('Without a node', 'Sin nodo')}: ${waiting.join(', ')}.` : ''
  const chosen = decision?.chosen ? ` ${say('The scheduler chooses', 'El planificador elige')} ${decision.chosen}.` : ''
  return `${parts.join('. ')}.${even}${rest}${chosen}`
}
