/** Up to which revision each has seen the store: beside the store's own, so that who has seen the future shows. */
import { type TemplateResult, html, nothing, svg } from 'lit'
import { fitted } from './shapes.ts'
import { type View, isNarrow } from './view.ts'
import { say } from './words.ts'

const ROW = 28

interface Seen {
  readonly name: string
  readonly revision: number
  readonly kind: 'store' | 'level' | 'future' | 'behind'
}

const NAMES: Readonly<Record<string, readonly [string, string]>> = {
  'kube-apiserver': ['API server', 'servidor de API'],
  'kube-controller-manager': ['controller manager', 'gestor de controladores'],
  kubelet: ['kubelet', 'kubelet'],
}

function seenIn({ frame }: View): Seen[] {
  const { revision, isUp } = frame.store
  const rows: Seen[] = isUp ? [{ name: 'etcd', revision, kind: 'store' }] : []
  for (const { process, revision: seen } of frame.watchers) {
    const [machine = '', name = ''] = process.split('/')
    const [english, spanish] = NAMES[name] ?? [name, name]
    const kind = !isUp || seen === revision ? 'level' : seen > revision ? 'future' : 'behind'
    rows.push({ name: name === 'kubelet' ? `kubelet ${machine}` : say(english, spanish), revision: seen, kind })
  }
  return rows
}

function wordsOf({ kind, revision }: Seen, store: number): string {
  switch (kind) {
    case 'store':
      return say(`is at ${revision}`, `está en la ${revision}`)
    case 'future':
      return say(`waits for what comes after ${revision}: ${revision - store} too far`, `espera lo que siga a la ${revision}: ${revision - store} de más`) // prettier-ignore
    default:
      return say(`has seen ${revision}`, `ha visto la ${revision}`)
  }
}

export function drawSeen(view: View): TemplateResult {
  const rows = seenIn(view)
  const { width, frame } = view
  const narrow = isNarrow(view)
  const first = narrow ? 132 : 170
  const most = Math.max(1, ...rows.map(({ revision }) => revision))
  const full = Math.max(20, width - first - 4)
  const label = rows.map((row) => `${row.name} ${wordsOf(row, frame.store.revision)}`).join('. ')
  return html`<svg
    class="seen"
    width=${width}
    height=${Math.max(1, 4 * ROW)}
    viewBox="0 0 ${width} ${4 * ROW}"
    role="img"
    aria-label=${label}
  >
    ${rows.map((row, i) => {
      const y = i * ROW
      const long = (row.revision / most) * full
      return svg`<g class="seen-row ${row.kind}">
        <text x="1" y=${y + 18}>${fitted(row.name, first - 8, 12.5)}</text>
        <rect x=${first} y=${y + 4} width=${long} height="20" rx="5" class="seen-bar" />
        ${row.kind === 'future' ? svg`<rect x=${first} y=${y + 4} width=${long} height="20" rx="5" fill="url(#refused)" opacity="0.6" />` : nothing}
        <text x=${first + 8} y=${y + 18.5} class="seen-words">${fitted(narrow && row.kind === 'future' ? say(`waits beyond ${row.revision}`, `espera tras la ${row.revision}`) : wordsOf(row, frame.store.revision), full - 12, 11.5)}</text></g>`
    })}
  </svg>`
}
