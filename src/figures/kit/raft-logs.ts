/** The members' logs below each other, a cell per entry with its term; and who could win an election, and why not. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import type { EtcdMemberView } from '../../simulation/protocol.ts'
import { type Odds, oddsOf } from './raft-odds.ts'
import { fitted } from './shapes.ts'
import { type View, isNarrow } from './view.ts'
import { say } from './words.ts'

const CELL = 25
const ROW = 46
const HEAD = 22
/** From the first cell to the words on an election. */
const ODDS = 112

export function drawLogs(view: View, width: number): TemplateResult {
  const { frame } = view
  const narrow = isNarrow(view)
  const first = narrow ? 62 : 70
  const room = Math.max(4, Math.floor((width - first - 6) / CELL))
  const last = Math.max(1, ...frame.etcd.map(({ lastIndex }) => lastIndex))
  const oldest = Math.min(last, ...frame.etcd.flatMap(({ entries }) => entries.slice(0, 1).map(({ index }) => index)))
  const from = Math.max(oldest, last - room + 1)
  const height = HEAD + frame.etcd.length * ROW
  const indexes = Array.from({ length: Math.min(room, last - from + 1) }, (_, i) => from + i)
  return html`<svg
    class="raft-logs"
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label=${frame.etcd.map((member) => `${member.machine}: ${oddsWords(oddsOf(frame, member))}`).join('. ')}
  >
    <text x="1" y="13" class="quiet">${say('log', 'registro')}</text>
    ${indexes.map((index, i) => svg`<text x=${first + i * CELL + CELL / 2 - 1} y="13" text-anchor="middle" class="mono">${index}</text>`)}
    ${frame.etcd.map((member, i) => drawRow(member, HEAD + i * ROW, { first, from, room, width }, oddsOf(frame, member)))}
  </svg>`
}

interface Columns {
  readonly first: number
  readonly from: number
  readonly room: number
  readonly width: number
}

function drawRow(
  member: EtcdMemberView,
  y: number,
  { first, from, room, width }: Columns,
  odds: Odds,
): SVGTemplateResult {
  const value = member.keys[0]
  const isDown = member.state === 'gone'
  const words = oddsWords(odds)
  const held = value ? `${value.key} = ${value.value}` : ''
  const shown = member.role === 'outside' ? '' : isDown ? say('what its disk holds', 'lo que hay en su disco') : held
  return svg`<g class="log ${isDown || member.role === 'outside' ? 'down' : ''} ${member.role === 'leader' ? 'leads' : ''}">
    <text x="1" y=${y + 15} class="log-name">${member.machine}</text>
    ${member.entries.filter(({ index }) => index >= from && index < from + room).map(({ index, term }) => drawCell(member, index, term, first + (index - from) * CELL, y))}
    <text x=${first} y=${y + 35} class="log-value">${shown}</text>
    ${odds.kind === 'leads' || odds.kind === 'outside' || odds.kind === 'down' ? nothing : svg`<text x=${first + ODDS} y=${y + 35} class="odds ${odds.kind}">${fitted(words, width - first - ODDS, 11)}</text>`}
  </g>`
}

function drawCell(
  { committed, stableIndex }: EtcdMemberView,
  index: number,
  term: number,
  x: number,
  y: number,
): SVGTemplateResult {
  const look = index <= committed ? 'committed' : index <= stableIndex ? 'written' : 'unwritten'
  const words = { committed: say('committed', 'confirmada'), written: say('on its disk, not committed', 'en su disco, sin confirmar'), unwritten: say('not on its disk yet', 'aún no en su disco') } // prettier-ignore
  return svg`<g class="entry ${look}"><title>${index}: ${say('term', 'mandato')} ${term}, ${words[look]}</title>
    <rect x=${x} y=${y + 1} width=${CELL - 3} height="20" rx="4" />
    <text x=${x + (CELL - 3) / 2} y=${y + 15} text-anchor="middle">${term}</text></g>`
}

/** Why somebody can win an election, or cannot. */
export function oddsWords(odds: Odds): string {
  switch (odds.kind) {
    case 'leads':
      return say('leads', 'lidera')
    case 'down':
      return say('down', 'caído')
    case 'outside':
      return say('not a member', 'no es miembro')
    case 'no-vote':
      return say('a learner: has no vote', 'aprendiz: sin voto')
    case 'wins':
      return say(`could win: ${odds.votes} of ${odds.of} votes`, `ganaría: ${odds.votes} de ${odds.of} votos`)
    case 'too-few':
      return say(
        `cannot win: reaches ${odds.reached} of ${odds.of}`,
        `no puede ganar: alcanza ${odds.reached} de ${odds.of}`,
      )
    case 'behind':
      return say(`cannot win: ${odds.newer.length} have more`, `no puede ganar: ${odds.newer.length} tienen más`)
  }
}
