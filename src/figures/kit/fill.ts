/** Nodes as two bars each: what of their memory is promised, and what is held. What goes beyond its request is hatched. */
import { type TemplateResult, html, nothing } from 'lit'
import type { Frame, MachineView, MemoryView, NodeMemoryView, PodView } from '../../simulation/protocol.ts'
import { PHASE_WORDS } from './shapes.ts'
import { type View, isNarrow } from './view.ts'
import { say } from './words.ts'

/** What the kubelet's note about a machine that runs short says of each Pod, first to go first. */
export interface Ranked {
  readonly pod: string
  readonly usageBytes: number
  readonly requestBytes: number
  readonly priority: number
}

type Measured = PodView & { readonly memory: MemoryView }
type Node = MachineView & { readonly node: { readonly memory: NodeMemoryView } }

const MEBI = 1_048_576
/** Below this much left, a kubelet evicts. */
const THRESHOLD = 100 * MEBI

export const mebi = (bytes: number): string => `${Math.round(bytes / MEBI)}Mi`

const isMeasured = (pod: PodView): pod is Measured => pod.memory !== undefined
const isNode = (machine: MachineView): machine is Node => machine.node?.memory !== undefined
const isOver = ({ phase }: PodView): boolean => phase === 'failed' || phase === 'succeeded'

const nodesIn = ({ machines }: Frame): readonly Node[] => machines.filter(isNode)

export function drawFill(view: View, ranked: readonly Ranked[] | undefined): TemplateResult {
  const { frame } = view
  const pods = frame.pods.filter(isMeasured)
  const waiting = pods.filter(({ node }) => node === undefined)
  return html`<div class="fill" role="group" aria-label=${fillSummary(frame)}>
    <div class="fill-nodes">${nodesIn(frame).map((node) => drawNode(node, pods, view))}</div>
    ${waiting.map((pod) => html`<div class="fill-waiting"><span class="fill-pod pending">${pod.name}</span> <span>${asks(pod)}</span>${pod.message ? html` <span class="no">${pod.message}</span>` : nothing}</div>`)}
    ${ranked ? drawRanking(ranked) : nothing}
  </div>`
}

const asks = ({ memory }: Measured): string =>
  memory.request === 0
    ? say('asks for nothing', 'no pide nada')
    : say(`asks for ${mebi(memory.request)}`, `pide ${mebi(memory.request)}`)

function drawNode(machine: Node, all: readonly Measured[], view: View): TemplateResult {
  const { memory, taints } = machine.node
  const pods = all.filter(({ node }) => node === machine.name)
  const here = pods.filter((pod) => !isOver(pod))
  const promised = here.reduce((sum, pod) => sum + pod.memory.request, 0)
  const share = (bytes: number): string => `inline-size:${((Math.max(0, bytes) / memory.capacity) * 100).toFixed(2)}%`
  const left = memory.capacity - memory.used
  const room = (isNarrow(view) ? view.width : (view.width - 16) / 2) - 34
  const label = (name: string, bytes: number): TemplateResult | typeof nothing =>
    (bytes / memory.capacity) * room > name.length * 7.2 + 14 ? html`<span>${name}</span>` : nothing
  return html`<div class="fill-node ${memory.isShort ? 'short' : ''}">
    <p class="name">
      <b>${machine.name}</b> <span>${mebi(memory.capacity)}</span>
      ${memory.isShort ? html`<span class="no">MemoryPressure${taints.length > 0 ? say(', tainted', ', con taint') : ''}</span>` : nothing}
    </p>
    <p class="what">
      <span>${say('promised', 'prometido')}</span
      ><span>${mebi(promised)} ${say('of', 'de')} ${mebi(memory.allocatable)}</span>
    </p>
    <div class="fill-bar promised" aria-hidden="true">
      ${here.map(({ name, memory: { request } }) => (request > 0 ? html`<i style=${share(request)} title="${name}: ${mebi(request)}">${label(name, request)}</i>` : nothing))}
    </div>
    <p class="what">
      <span>${say('held', 'ocupado')}</span
      ><span class=${left < THRESHOLD ? 'no' : ''}
        >${mebi(memory.used)}, ${say(`${mebi(left)} left`, `quedan ${mebi(left)}`)}</span
      >
    </p>
    <div class="fill-bar held" aria-hidden="true">
      ${here.map(({ name, memory: { request, used } }) => {
        const within = Math.min(used, request)
        return html`${within > 0 ? html`<i style=${share(within)} title="${name}: ${mebi(used)}">${used > request ? nothing : label(name, within)}</i>` : nothing}${used > request ? html`<i class="beyond" style=${share(used - request)} title="${name}: ${mebi(used)}">${label(name, used - request)}</i>` : nothing}`
      })}
      <b class="threshold" style="inset-inline-end:${((THRESHOLD / memory.capacity) * 100).toFixed(2)}%"></b>
    </div>
    <ul>
      ${pods.map((pod) => drawPod(pod, view))}
    </ul>
  </div>`
}

function drawPod(pod: Measured, { inspect, inspected }: View): TemplateResult {
  const { name, namespace, phase, memory, restarts, containers } = pod
  const { limit, used, request, qos, priority } = memory
  const key = `pods/${namespace}/${name}`
  const ended = containers.find(({ reason }) => reason === 'OOMKilled' || reason === 'CrashLoopBackOff')
  return html`<li class=${phase}>
    <button
      type="button"
      class="fill-pod ${phase}"
      aria-pressed=${inspected === key ? 'true' : nothing}
      @click=${() => inspect?.(key)}
    >
      ${name}
    </button>
    <span class="told"
      ><span class="qos">${qos}${priority > 0 ? say(`, priority ${priority}`, `, prioridad ${priority}`) : ''}</span>
      <span
        >${asks(pod)},
        ${limit === undefined ? say('no limit', 'sin límite') : say(`at most ${mebi(limit)}`, `como mucho ${mebi(limit)}`)}</span
      >
      ${
        isOver(pod) || phase === 'creating'
          ? html`<span class=${phase === 'failed' ? 'no' : ''}
              >${phase === 'failed' ? `✕ ${say('evicted', 'desalojado')}` : PHASE_WORDS[phase]}</span
            >`
          : html`<span class=${used > request ? 'no' : ''}>${say('holds', 'ocupa')} ${mebi(used)}</span>`
      }
      ${restarts > 0 ? html`<span class="no">↻${restarts} ${ended?.reason ?? 'OOMKilled'}</span>` : nothing}</span
    >
  </li>`
}

function drawRanking(ranked: readonly Ranked[]): TemplateResult {
  return html`<div class="fill-ranking">
    <p>
      ${say('The kubelet’s order: beyond the request, then lower priority, then furthest beyond', 'El orden del kubelet: más de lo pedido, después menor prioridad, después quien más se pasa')}
    </p>
    <ol>
      ${ranked.map(({ pod, usageBytes, requestBytes, priority }) => {
        const beyond = usageBytes - requestBytes
        return html`<li>
          <b>${pod}</b>
          ${beyond > 0 ? say(`${mebi(beyond)} beyond`, `${mebi(beyond)} de más`) : say('within its request', 'dentro de lo pedido')}${priority > 0 ? say(`, priority ${priority}`, `, prioridad ${priority}`) : ''}
        </li>`
      })}
    </ol>
  </div>`
}

/** The bars in words, for those who do not see them. */
export function fillSummary(frame: Frame): string {
  const parts = nodesIn(frame).map(({ name, node: { memory } }) => {
    const here = frame.pods.filter(isMeasured).filter((pod) => pod.node === name && !isOver(pod))
    const promised = here.reduce((sum, pod) => sum + pod.memory.request, 0)
    return say(
      `${name}: ${mebi(promised)} of ${mebi(memory.allocatable)} promised, ${mebi(memory.used)} of ${mebi(memory.capacity)} held`,
      `${name}: ${mebi(promised)} de ${mebi(memory.allocatable)} prometidos, ${mebi(memory.used)} de ${mebi(memory.capacity)} ocupados`,
    )
  })
  return `${parts.join('. ')}.`
}
