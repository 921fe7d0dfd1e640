/**
 * A Pod from within: its network namespace with its address, and its containers, which are started and end one by one; and the
 * ledger of what tells one Pod from another at several moments.
 */
import { type SVGTemplateResult, type TemplateResult, html, svg } from 'lit'
import type { ContainerView, Frame, PodView } from '../../simulation/protocol.ts'
import { fitted, fitText, PHASE_WORDS, process, shortPodName } from './shapes.ts'
import type { KeptMoment } from './view.ts'
import { say } from './words.ts'

const HEIGHT = 132
const GAP = 12

/** Side by side, or below each other where there is little room. */
export function drawPodCards(pods: readonly PodView[], frame: Frame, width: number): TemplateResult {
  const columns = width < 520 ? 1 : Math.max(1, pods.length)
  const cardWidth = Math.min(500, (width - GAP * (columns - 1)) / columns)
  const rows = Math.max(1, Math.ceil(pods.length / columns))
  const height = rows * (HEIGHT + GAP) - GAP
  const places = pods.map((pod, i) => ({
    pod,
    x: (i % columns) * (cardWidth + GAP),
    y: Math.floor(i / columns) * (HEIGHT + GAP),
  }))
  return html`<svg
    class="pod-cards"
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label=${pods.map(inWords).join('. ') || say('There is no Pod at this moment', 'En este momento no hay ningún Pod')}
  >
    ${places.map(({ pod, x, y }) => card(pod, frame, x, y, cardWidth))}
    ${pods.length === 0 ? svg`<text x="0" y=${HEIGHT / 2} class="quiet">${say('There is no Pod at this moment', 'En este momento no hay ningún Pod')}</text>` : ''}
  </svg>`
}

const inWords = (pod: PodView): string =>
  `Pod ${pod.name}, ${PHASE_WORDS[pod.phase]}, UID ${shortUid(pod)}, ${pod.ip || say('no address yet', 'aún sin dirección')}: ${pod.containers
    .map(({ name, state, restarts }) => `${name} ${state}, ${say('restarts', 'reinicios')} ${restarts}`)
    .join('; ')}`

export const shortUid = ({ uid }: Pick<PodView, 'uid'>): string => uid.slice(0, 8)

function card(pod: PodView, frame: Frame, x: number, y: number, width: number): SVGTemplateResult {
  const machine = frame.machines.find(({ name }) => name === pod.node)
  const silent = machine?.up === false
  const inner = { x: x + 14, width: width - 28 }
  const gap = 10
  const box = (inner.width - gap * (pod.containers.length - 1)) / Math.max(1, pod.containers.length)
  const where = silent
    ? say(`${pod.node}, without power`, `${pod.node}, sin corriente`)
    : (pod.node ?? say('no node yet', 'aún sin nodo'))
  const head = `${PHASE_WORDS[pod.phase]} · ${where}`
  const room = width - 28 - head.length * 6.2
  return svg`<g class="pod ${pod.phase} ${silent ? 'unreachable' : ''}">
    <rect x=${x + 1} y=${y + 1} width=${width - 2} height=${HEIGHT - 2} rx="13" class="pod-box" />
    ${pod.phase === 'terminating' ? svg`<rect x=${x + 1} y=${y + 1} width=${width - 2} height=${HEIGHT - 2} rx="13" fill="url(#fading)" />` : ''}
    <text x=${x + 14} y=${y + 24} class="pod-name big">${pod.name.length * 8 < room ? pod.name : fitText(shortPodName(pod), room, 14)}</text>
    <text x=${x + width - 14} y=${y + 24} text-anchor="end" class="pod-words wide">${head}</text>
    <text x=${x + 14} y=${y + 43} class="mono">uid ${shortUid(pod)}…</text>
    ${pod.containers.map((container, i) => containerBox(container, inner.x + i * (box + gap), y + 56, box, silent))}
    <path d="M${inner.x} ${y + 104}H${inner.x + inner.width}" class="netns" />
    ${pod.containers.map((_, i) => svg`<path d="M${inner.x + i * (box + gap) + box / 2} ${y + 94}v10" class="netns" />`)}
    <text x=${inner.x} y=${y + 121} class="mono">${pod.ip || '—'}</text>
    <text x=${inner.x + inner.width} y=${y + 121} text-anchor="end" class="pod-words">${fitted(say('one network namespace', 'un solo espacio de red'), inner.width - 110, 11)}</text>
  </g>`
}

function containerBox(
  container: ContainerView,
  x: number,
  y: number,
  width: number,
  silent: boolean,
): SVGTemplateResult {
  const { name, state, restarts, id, reason } = container
  const rect = { x, y, width, height: 38 }
  const words = state === 'running' ? (id ? id.slice(0, 6) : '') : reason || state
  const label = `${name} ${restarts > 0 ? `↻${restarts} ` : ''}${words ? `· ${words}` : ''}`
  const looks = silent || state === 'exited' ? 'gone' : state === 'waiting' ? 'waiting' : 'up'
  return process(rect, label, looks, 'plain')
}

// ── the ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface LedgerRow {
  readonly label: string
  readonly pod: PodView
}

/** Rows for the moments that have come, each with the Pod that counts then. */
export const rowsOf = (
  kept: readonly KeptMoment[],
  tick: number,
  podOf: (frame: Frame) => PodView | undefined,
): readonly LedgerRow[] =>
  kept.flatMap(({ label, frame }) => {
    const pod = frame.tick <= tick ? podOf(frame) : undefined
    return pod ? [{ label, pod }] : []
  })

const FIELDS: readonly { readonly title: () => string; readonly of: (pod: PodView) => string }[] = [
  { title: () => say('Name', 'Nombre'), of: ({ name }) => name.replace(/-[a-f0-9]{8,10}-/, '-…-') },
  { title: () => 'UID', of: (pod) => `${shortUid(pod)}…` },
  { title: () => 'IP', of: ({ ip }) => ip },
  { title: () => say('Node', 'Nodo'), of: ({ node }) => node ?? '' },
  { title: () => say('Restarts', 'Reinicios'), of: ({ restarts }) => String(restarts) },
]

/** What is other than in the row above is marked, by a word for those who do not see the mark. */
export function drawLedger(rows: readonly LedgerRow[]): TemplateResult {
  return html`<table class="ledger">
    <thead>
      <tr>
        <td></td>
        ${FIELDS.map(({ title }) => html`<th scope="col">${title()}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ label, pod }, i) =>
          html`<tr>
            <th scope="row">${label}</th>
            ${FIELDS.map(({ title, of }) => {
              const value = of(pod)
              const isNew = i > 0 && of(rows[i - 1]!.pod) !== value
              return html`<td data-title=${title()} class=${isNew ? 'new' : ''}>
                ${value}${isNew ? html`<span class="visually-hidden">, ${say('changed', 'cambió')}</span>` : ''}
              </td>`
            })}
          </tr>`,
      )}
    </tbody>
  </table>`
}
