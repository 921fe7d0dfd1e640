/** Leases of leader election, each as a bar that runs out unless it is renewed. */
import { type TemplateResult, html, svg } from 'lit'
import type { LeaderView } from '../../simulation/protocol.ts'
import { fitted } from './shapes.ts'
import { type View, isNarrow } from './view.ts'
import { say } from './words.ts'

const seconds = (micros: number): string => (Math.floor(micros / 100_000) / 10).toFixed(1)

function leaseWords({ age, duration }: LeaderView): string {
  if (age === undefined) return ''
  if (age >= duration) return say('it has run out: whoever comes first takes it', 'ha vencido: lo toma quien llegue antes') // prettier-ignore
  const left = seconds(duration - age)
  return say(
    `renewed ${seconds(age)} s ago, runs out in ${left} s`,
    `renovado hace ${seconds(age)} s, vence en ${left} s`,
  )
}

export function drawLeases(view: View): TemplateResult {
  const { frame, width } = view
  const narrow = isNarrow(view)
  const height = narrow ? 54 : 30
  const start = narrow ? 2 : 310
  const { leaders } = frame
  const full = Math.max(10, width - start - 4)
  const described = leaders.map((lease) => {
    const who = say(`held by ${lease.holder}`, `lo tiene ${lease.holder}`)
    return { lease, who, words: leaseWords(lease) }
  })
  const label = described
    .map(({ lease, who, words }) => `Lease ${lease.name}: ${who}${words ? `, ${words}` : ''}`)
    .join('. ')
  return html`<svg
    class="leases"
    width=${width}
    height=${Math.max(1, leaders.length * height)}
    viewBox="0 0 ${width} ${Math.max(1, leaders.length * height)}"
    role="img"
    aria-label=${label}
  >
    ${described.map(({ lease, who, words }, i) => {
      const y = i * height
      const left = Math.max(0, 1 - (lease.age ?? 0) / Math.max(1, lease.duration))
      const bar = narrow ? y + 22 : y + 3
      return svg`<g class="lease ${left === 0 ? 'over' : ''}">
        <text x="2" y=${y + 17}><tspan class="lease-name">${lease.name}</tspan> ${who}</text>
        <rect x=${start} y=${bar} width=${full} height="20" rx="5" class="lease-whole" />
        ${left === 0 ? svg`<rect x=${start} y=${bar} width=${full} height="20" rx="5" fill="url(#refused)" />` : svg`<rect x=${start} y=${bar} width=${full * left} height="20" rx="5" class="lease-left" />`}
        <text x=${start + 8} y=${bar + 14.5} class="lease-words">${fitted(words, full - 12, 12)}</text></g>`
    })}
  </svg>`
}
