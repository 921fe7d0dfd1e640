/** What a client in a Pod gets, request by request, over the whole run: answered as a bar, not answered as a cross. */
import { type TemplateResult, html, svg } from 'lit'
import type { ClientAnswer } from '#cluster/container-runtime/images/client.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Timeline } from '../../simulation/protocol.ts'
import { type View } from './view.ts'
import { say } from './words.ts'

export interface Load {
  readonly tick: number
  readonly at: Micros
  readonly answer: ClientAnswer
}

export const isAnswered = ({ answer }: Load): boolean => answer.status >= 200 && answer.status < 400

/** Every request of one Pod's client that has come to an end. */
export const loadOf = ({ notes }: Timeline, pod: string): readonly Load[] =>
  notes.flatMap(({ tick, at, process, kind, detail }) =>
    kind === 'answer' && process.includes(`_${pod}_`) ? [{ tick, at, answer: detail as ClientAnswer }] : [],
  )

/** Narrower than this, bars run together. */
const BAR = 4
const HEIGHT = 34
const TOP = 22

/** On the scale of `drawSpan`, so that both may stand below each other. What is still to come is not told. */
export function drawLoad(view: View, load: readonly Load[], start: Micros): TemplateResult {
  const { width, frame, timeline } = view
  const left = 8
  const right = width - 8
  const end = Math.max(timeline.end.at, start + 1)
  const bins = Math.max(1, Math.floor((right - left) / BAR))
  const answered = new Array<number>(bins).fill(0)
  const lost = new Array<number>(bins).fill(0)
  const seen = load.filter(({ tick, at }) => tick <= frame.tick && at >= start)
  for (const one of seen) {
    const bin = Math.min(bins - 1, Math.floor(((one.at - start) / (end - start)) * bins))
    if (isAnswered(one)) answered[bin]!++
    else lost[bin]!++
  }
  const good = seen.filter(isAnswered).length
  const base = TOP + HEIGHT
  const title = say('The client’s requests', 'Las peticiones del cliente')
  const sum = say(`${good} of ${seen.length} answered`, `${good} de ${seen.length} respondidas`)
  return html`<svg
    class="load"
    width=${width}
    height=${base + 4}
    viewBox="0 0 ${width} ${base + 4}"
    role="img"
    aria-label="${title}: ${sum}"
  >
    <text x=${left} y="13" class="quiet">${title}</text>
    <text x=${right} y="13" text-anchor="end" class="sum">${sum}</text>
    <path d="M${left} ${base}H${right}" class="axis" />
    ${answered.map((count, i) => {
      const x = left + (i * (right - left)) / bins
      const all = count + lost[i]!
      if (all === 0) return ''
      const high = (HEIGHT * count) / all
      const cross = lost[i]! > 0 ? svg`<path d="M${x + 0.4} ${TOP + 1}l2.6 5m0 -5l-2.6 5" class="lost" />` : ''
      return svg`<rect x=${x} y=${base - high} width=${BAR - 1} height=${high} class="answered" />${cross}`
    })}
  </svg>`
}
