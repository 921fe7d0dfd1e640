/**
 * Long names in running text, such as `web.default.svc.cluster.local` or a file's path, break after a dot, a slash or an
 * underscore: in a phone's narrow column they would break inside a word instead. Short ones with a hyphen (`node-1`, CRI-O,
 * `--watch`) do not break at all.
 */
import type { AstroIntegration } from 'astro'

/** Shorter names fit anywhere, and an address such as 10.111.134.136 stays whole. */
const LONG = 16

/** The pieces of a name between which a line may break; one, if it is short. What a path begins with stays with it. */
export const piecesOf = (name: string): string[] => (name.length < LONG ? [name] : name.split(/(?<=\w[./_,])(?=\w)/))

/** The same as HTML, its own characters escaped. */
export const breakable = (name: string): string =>
  piecesOf(name)
    .map((piece) => piece.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))
    .join('<wbr>')

const FLAG_MAX = 24
const SHORT_NAME = /\b([A-Za-z]+-(?:\d+|O))\b/

type Properties = Record<string, string[]>
type Text = { type: 'text'; value: string }
type Piece = Text | { type: 'element'; tagName: string; properties: Properties; children: Text[] }

const text = (value: string): Text => ({ type: 'text', value })
const wbr: Piece = { type: 'element', tagName: 'wbr', properties: {}, children: [] }
const whole = (value: string): Piece => ({
  type: 'element',
  tagName: 'span',
  properties: { className: ['whole'] },
  children: [text(value)],
})

/** `CRI-O` and `node-1`, kept whole. */
const namesWhole = (value: string): Piece[] =>
  value.split(SHORT_NAME).flatMap((part, i) => (part === '' ? [] : i % 2 === 0 ? [text(part)] : [whole(part)]))

/** What stands for a text of a lesson. @param isCode in backticks */
export function piecesOfText(value: string, isCode: boolean): Piece[] {
  if (!isCode) return namesWhole(value)
  if (/^-\S+$/.test(value) && value.length <= FLAG_MAX) return [whole(value)]
  return piecesOf(value).flatMap((piece, i) => [...(i > 0 ? [wbr] : []), ...namesWhole(piece)])
}

interface Place {
  readonly type: string
  readonly tagName?: string
  readonly value?: string
}
interface Tree {
  parent(node: Place): Place | undefined
  replaceNode(node: Place, pieces: Piece[]): void
}

/** Of the Markdown processor: blocks of code keep their lines. */
const plugin = {
  name: 'code-breaks',
  text(node: Place & { readonly value: string }, tree: Tree): void {
    const parent = tree.parent(node)
    const isCode = parent?.tagName === 'code'
    const isBlock = isCode
      ? tree.parent(parent)?.tagName === 'pre'
      : /^(?:pre|script|style)$/.test(parent?.tagName ?? '')
    const pieces = isBlock ? [] : piecesOfText(node.value, isCode)
    if (pieces.length > 1 || pieces[0]?.type === 'element') tree.replaceNode(node, pieces)
  },
}

export const codeBreaks = (): AstroIntegration => ({
  name: 'clusterwright-code-breaks',
  hooks: {
    'astro:config:setup'({ config }) {
      const { hastPlugins } = config.markdown.processor.options as { hastPlugins: unknown[] }
      hastPlugins.push(plugin)
    },
  },
})
