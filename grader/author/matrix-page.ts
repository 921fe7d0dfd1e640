/** The matrix as one page without scripts or anything fetched: open it from disk, or keep it as an artefact of CI. */
import { ALIKE_MAX } from '../verdict/feedback.ts'
import { grouped } from '../verdict/say.ts'
import type { Matrix } from './matrix.ts'
import { twins } from './matrix.ts'

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark]!)

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1d2430, #e6e8ee); --soft: light-dark(#5b6472, #a2aab8);
  --line: light-dark(#dfe3ea, #313a48); --paper: light-dark(#fff, #151a22); --bad: light-dark(#b3261e, #ff8a80);
  --mark: light-dark(#1a5fb4, #8ab4f8); }
body { margin: 2rem auto; max-width: 90rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h2 { margin-top: 3rem } p, li { max-width: 70ch } .soft { color: var(--soft) } .bad { color: var(--bad) }
.scroll { overflow-x: auto } table { border-collapse: collapse; font-size: 14px }
thead th { vertical-align: bottom; height: 15rem; padding: 0; font-weight: 500 }
thead th > div { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 15rem; margin: auto; text-align: start }
tbody th { text-align: start; font-weight: 500; padding: .15rem 1rem .15rem 0; position: sticky; left: 0; background: var(--paper) }
tbody tr:hover th, tbody tr:hover td { background: color-mix(in srgb, var(--mark) 12%, var(--paper)) }
td { text-align: center; min-width: 2.2rem; border: 1px solid var(--line) } td.number { padding: 0 .4rem; font-variant-numeric: tabular-nums }
.named { color: var(--mark); font-weight: 700 } tfoot th { text-align: end; padding-right: 1rem; color: var(--soft); font-weight: 400 }
`

/** All exercises that were proved, in order. */
export function matrixPage(course: string, matrices: readonly Matrix[]): string {
  const list = matrices.map(({ id, title }) => `<li><a href="#${id}">${escape(title)}</a></li>`).join('')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Wrong solutions against checks · ${escape(course)}</title>
<style>${STYLE}</style>
<h1>Wrong solutions against checks</h1>
<p>Each row is a wrong solution, each column a check. <span class="named">●</span> it must fail this check, and does;
○ it fails it too. Who fails exactly these checks, for the same reasons, is told what it looks like, or which two or three mistakes do.</p>
<ul>${list}</ul>
${matrices.map(section).join('\n')}
</html>
`
}

function section(matrix: Matrix): string {
  const { id, title, costs, rows, complaints } = matrix
  const heads = costs.map(
    ({ name, kind }) => `<th scope="col"><div>${escape(name)} <span class="soft">${kind}</span></div></th>`,
  )
  const pairs = twins(matrix).map(
    ([a, b]) => `<li>“${escape(a)}” and “${escape(b)}” fail the same wrong solutions.</li>`,
  )
  return `<section id="${id}">
<h2>${escape(title)} <span class="soft">${id}</span></h2>
${complaints.length > 0 ? `<ul class="bad">${complaints.map((text) => `<li>${escape(text)}</li>`).join('')}</ul>` : ''}
<div class="scroll" tabindex="0" role="region" aria-label="${escape(title)}">
<table>
<thead><tr><td></td>${heads.join('')}<th scope="col"><div>recognised</div></th></tr></thead>
<tbody>${rows.map((row) => bodyRow(matrix, row)).join('')}</tbody>
<tfoot>${footRow(
    'wrong solutions it fails',
    costs.map(({ name }) => rows.filter(({ failed }) => failed.includes(name)).length),
  )}
${footRow(
  'seeds',
  costs.map(({ seeds }) => seeds),
)}
${footRow('share of the fuel, %', shares(costs.map(({ fuel }) => fuel)))}
${footRow(
  'fuel, thousands',
  costs.map(({ fuel }) => Math.round(fuel / 1000)),
)}</tfoot>
</table>
</div>
${pairs.length > 0 ? `<p>Checks that nothing tells apart:</p><ul>${pairs.join('')}</ul>` : ''}
</section>`
}

function bodyRow({ costs }: Matrix, { name, text, named, failed, alike }: Matrix['rows'][number]): string {
  const cells = costs.map((check) => {
    if (!failed.includes(check.name)) return '<td></td>'
    return named.includes(check.name)
      ? '<td class="named"><span aria-label="must fail, and does">●</span></td>'
      : '<td><span aria-label="fails too">○</span></td>'
  })
  return `<tr><th scope="row" title="${escape(text)}">${escape(name)}</th>${cells.join('')}<td>${toldAs(alike)}</td></tr>`
}

/** A mistake alone, as one of two or three, or not at all. */
const toldAs = (alike: number): string => (alike === 1 ? '✓' : alike <= ALIKE_MAX ? `1 of ${alike}` : '')

const footRow = (label: string, values: readonly number[]): string =>
  `<tr><th scope="row">${label}</th>${values.map((value) => `<td class="number">${grouped(value)}</td>`).join('')}<td></td></tr>`

function shares(values: readonly number[]): number[] {
  const all = values.reduce((sum, value) => sum + value, 0)
  return values.map((value) => (all === 0 ? 0 : Math.round((100 * value) / all)))
}
