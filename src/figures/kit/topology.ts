/** Hosts with API servers and members of etcd, together or apart: who runs, who leads, and whether there is a quorum. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Described } from '#cluster/scenarios/described.ts'
import type { EtcdMemberView, Frame, MachineView } from '../../simulation/protocol.ts'
import { quorumOf } from './raft-odds.ts'
import { roleWord } from './raft-ring.ts'
import { arrow, centre, definitions, fitted, fitText, machine, type Point, process, type Rect, tag } from './shapes.ts'
import { type View, isNarrow, stepOf } from './view.ts'
import { say } from './words.ts'

const GAP = 14
const TOP = 46
const BOX = 36
/** Hosts narrower than this have room for one short word in a line. */
const COMPACT = 130

interface Layout {
  readonly width: number
  readonly height: number
  readonly client: Rect
  readonly balancer: Rect
  readonly hosts: readonly { readonly machine: MachineView; readonly rect: Rect }[]
  /** By process. */
  readonly boxes: ReadonlyMap<string, Rect>
}

const runs = (one: MachineView, name: string) => one.processes.find((process) => process.name === name)

export const hostsOf = ({ machines }: Frame): readonly MachineView[] =>
  machines.filter((one) => runs(one, 'etcd') !== undefined || runs(one, 'kube-apiserver') !== undefined)

function layOut(view: View): Layout {
  const { frame, width } = view
  const all = hostsOf(frame)
  const planes = all.filter((one) => runs(one, 'kube-apiserver'))
  const stores = all.filter((one) => !planes.includes(one))
  const boxes = new Map<string, Rect>()
  const across = (width - 2 - GAP * 2) / 3
  const client = { x: 1, y: 1, width: isNarrow(view) ? 76 : 110, height: TOP - 10 }
  const balancer = { x: client.width + 40, y: 1, width: width - client.width - 42, height: TOP - 10 }
  boxes.set('laptop/kubectl', client)
  boxes.set('lb-1/haproxy', balancer)
  const row = (list: readonly MachineView[], y: number) => {
    const both = list.some((one) => runs(one, 'kube-apiserver') && runs(one, 'etcd'))
    const height = 40 + BOX + 12 + (both ? BOX + 26 : 0)
    const placed = list.map((one, i) => {
      const rect = { x: 1 + i * (across + GAP), y, width: across, height }
      let at = y + 38
      for (const name of ['kube-apiserver', 'etcd']) {
        const found = runs(one, name)
        if (!found) continue
        boxes.set(found.id, { x: rect.x + 10, y: at, width: across - 20, height: BOX })
        at += BOX + 26
      }
      return { machine: one, rect }
    })
    return { placed, end: y + height }
  }
  const first = row(planes, TOP + 26)
  const second = stores.length > 0 ? row(stores, first.end + 40) : { placed: [], end: first.end }
  return { width, height: second.end + 2, client, balancer, hosts: [...first.placed, ...second.placed], boxes }
}

export function drawTopology(view: View): TemplateResult {
  const { frame } = view
  const layout = layOut(view)
  const event = stepOf(view)?.event
  return html`<svg
      class="topology"
      width=${layout.width}
      height=${layout.height}
      viewBox="0 0 ${layout.width} ${layout.height}"
      role="img"
      aria-label=${summaryOf(frame)}
    >
      ${definitions()} ${drawWires(frame, layout)}
      ${process(layout.client, 'kubectl', 'up', event?.to === 'laptop/kubectl' ? 'active' : 'plain')}
      ${process(layout.balancer, isNarrow(view) ? 'load balancer' : say('load balancer: one address for all API servers', 'balanceador: una dirección para todos los servidores de API'), 'up', event?.to === 'lb-1/haproxy' ? 'active' : 'plain')}
      ${layout.hosts.map((host) => drawHost(host.machine, host.rect, layout, frame, event))}
      ${event ? keyed(view.index, drawMessage(event, layout)) : nothing}
    </svg>
    ${drawSums(frame)}`
}

function drawHost(
  one: MachineView,
  rect: Rect,
  { boxes }: Layout,
  { etcd }: Frame,
  event: Described | undefined,
): SVGTemplateResult {
  const server = runs(one, 'kube-apiserver')
  const member = etcd.find(({ machine: name }) => name === one.name)
  const isPlane = server !== undefined
  return svg`<g class="${isPlane ? 'on-control-plane' : 'on-node'}">
    ${machine(rect, one.name, one.up ? (isPlane ? 'control-plane' : 'outside') : 'off', one.up || rect.width < COMPACT ? '' : say('no power', 'sin corriente'))}
    ${server ? process(boxes.get(server.id)!, rect.width < COMPACT ? 'API server' : 'kube-apiserver', server.state, event?.to === server.id ? 'active' : 'hub') : nothing}
    ${member ? drawMember(member, boxes.get(member.process)!, event?.to === member.process) : nothing}</g>`
}

function drawMember(member: EtcdMemberView, rect: Rect, active: boolean): SVGTemplateResult {
  const { x, y, width, height } = rect
  const look = member.state === 'gone' ? 'gone' : member.role
  const middle = centre(rect).y + 4.5
  const word = member.state === 'gone' ? say('down', 'caído') : roleWord(member)
  return svg`<g class="member ${look} ${active ? 'active' : ''}">
    <rect x=${x} y=${y} width=${width} height=${height} rx="8" class="member-box" />
    ${
      width < COMPACT
        ? svg`<text x=${x + width / 2} y=${y + 16} text-anchor="middle" class="member-name">etcd</text>
            <text x=${x + width / 2} y=${y + 29} text-anchor="middle" class="member-role">${fitted(word, width - 4, 11.5)}</text>`
        : svg`<text x=${x + 10} y=${middle} class="member-name">etcd</text>
            <text x=${x + width - 9} y=${middle} text-anchor="end" class="member-role">${fitted(word, width - 52, 11.5)}</text>`
    }
  </g>`
}

/** Which API server may ask which member; those that cannot answer are broken. */
function drawWires({ etcd, machines }: Frame, { boxes, hosts }: Layout): SVGTemplateResult[] {
  return hosts.flatMap(({ machine: one }) => {
    const server = runs(one, 'kube-apiserver')
    if (!server) return []
    const own = etcd.filter(({ machine: name }) => name === one.name)
    return (own.length > 0 ? own : etcd).map((member) => {
      const from = boxes.get(server.id)!
      const to = boxes.get(member.process)!
      const dead = server.state === 'gone' || member.state === 'gone' || machines.some(({ name, up }) => name === member.machine && !up) // prettier-ignore
      return svg`<path d="M${centre(from).x} ${from.y + from.height}L${centre(to).x} ${to.y}" class="wire ${dead ? 'dead' : ''}" />`
    })
  })
}

function drawMessage(event: Described, { boxes }: Layout): SVGTemplateResult {
  const from = event.from === undefined ? undefined : boxes.get(event.from)
  const to = boxes.get(event.to)
  if (!to) return svg``
  if (!from || from === to)
    return svg`<rect x=${to.x - 3} y=${to.y - 3} width=${to.width + 6} height=${to.height + 6} rx="11" class="ring ${event.failed ? 'failed' : ''}" />`
  const { start, end } = ends(from, to)
  const angle = (Math.atan2(end.y - start.y, end.x - start.x) * 180) / Math.PI
  return svg`${arrow(event, `M${start.x} ${start.y}L${end.x} ${end.y}`, end, angle, true)}${label(event, start, end)}`
}

/** Side by side, or one above the other. */
function ends(from: Rect, to: Rect): { start: Point; end: Point } {
  const down = to.y > from.y
  if (from.y === to.y) {
    const right = to.x > from.x
    const y = centre(from).y
    return { start: { x: right ? from.x + from.width : from.x, y }, end: { x: right ? to.x : to.x + to.width, y } }
  }
  const small = from.width < to.width ? from : to
  const startX = from.width > 1.5 * small.width ? centre(small).x : centre(from).x
  const endX = to.width > 1.5 * small.width ? centre(small).x : centre(to).x
  return {
    start: { x: startX, y: down ? from.y + from.height : from.y },
    end: { x: endX, y: down ? to.y : to.y + to.height },
  }
}

function label(event: Described, start: Point, end: Point): SVGTemplateResult | typeof nothing {
  if (start.y === end.y) return nothing
  const words = fitText(event.label, 190, 12.5)
  return tag(
    { x: Math.max(words.length * 3.5 + 2, (start.x + end.x) / 2), y: (start.y + end.y) / 2 + 4 },
    words,
    'middle',
    event.failed ? 'failed' : '',
  )
}

// ── in numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

interface Sums {
  readonly hosts: number
  readonly up: number
  readonly servers: number
  readonly members: number
  readonly quorum: number
  readonly of: number
}

export function sumsOf(frame: Frame): Sums {
  const hosts = hostsOf(frame)
  const isUp = (one: MachineView, name: string): boolean => one.up && runs(one, name)?.state === 'up'
  return {
    hosts: hosts.length,
    up: hosts.filter(({ up }) => up).length,
    servers: hosts.filter((one) => isUp(one, 'kube-apiserver')).length,
    members: hosts.filter((one) => isUp(one, 'etcd')).length,
    quorum: quorumOf(frame.etcd.length),
    of: frame.etcd.length,
  }
}

function drawSums(frame: Frame): TemplateResult {
  const { hosts, up, servers, members, quorum, of } = sumsOf(frame)
  const enough = members >= quorum
  return html`<ul class="sums">
    <li>
      ${say('to pay for', 'por pagar')}
      <b>${hosts} ${say('hosts', 'máquinas')}</b>
      ${say(`and the load balancer; ${up} with power`, `y el balanceador; ${up} con corriente`)}
    </li>
    <li class=${servers > 0 ? 'good' : 'bad'}>
      ${say('API servers', 'servidores de API')} <b>${servers}</b> ${say('up; one is enough', 'en marcha; basta uno')}
    </li>
    <li class=${enough ? 'good' : 'bad'}>
      etcd
      <b>${say(`${members} of ${of}`, `${members} de ${of}`)}</b>
      ${say(`up; ${quorum} are needed`, `en marcha; hacen falta ${quorum}`)}:
      <b>${enough ? say('quorum', 'quórum') : say('no quorum', 'sin quórum')}</b>
    </li>
  </ul>`
}

function summaryOf(frame: Frame): string {
  const { hosts, up, servers, members, of } = sumsOf(frame)
  return say(
    `${up} of ${hosts} hosts have power, ${servers} API servers run, ${members} of ${of} members of etcd.`,
    `${up} de ${hosts} máquinas tienen corriente; funcionan ${servers} servidores de API y ${members} de ${of} miembros de etcd.`,
  )
}
