/**
 * The little Markdown that hints and messages are written in: paragraphs, lists, code, emphasis and links.
 *
 * Hints are read in the browser only when they are opened, so that nobody comes upon them in the page; a whole Markdown
 * engine would be a heavy way to show four sentences. Read into a tree first, which is what the tests look at.
 */
import { html, type TemplateResult } from 'lit'

export type Inline =
  { kind: 'text' | 'code' | 'strong' | 'emphasis'; text: string } | { kind: 'link'; text: string; href: string }

export type Block =
  | { kind: 'paragraph'; content: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'list'; isOrdered: boolean; items: Inline[][] }

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|_([^_\s][^_]*)_(?![A-Za-z0-9])|\[([^\]]+)\]\(([^()\s]+)\)/g

/** Only addresses that cannot run anything. */
const SAFE_ADDRESS = /^(https?:\/\/|\/|\.{1,2}\/|#)/

export function readInline(text: string): Inline[] {
  const parts: Inline[] = []
  let at = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) })
    const [whole, code, strong, star, underscore, label, href] = match
    const emphasis = star ?? underscore
    if (code !== undefined) parts.push({ kind: 'code', text: code })
    else if (strong !== undefined) parts.push({ kind: 'strong', text: strong })
    else if (emphasis !== undefined) parts.push({ kind: 'emphasis', text: emphasis })
    else if (href !== undefined && SAFE_ADDRESS.test(href)) parts.push({ kind: 'link', text: label!, href })
    else parts.push({ kind: 'text', text: whole })
    at = match.index + whole.length
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) })
  return parts
}

function readBlock(lines: readonly string[]): Block {
  const bullet = /^\s*(?:([-*+])|\d+[.)])\s+/
  if (!bullet.test(lines[0]!))
    return { kind: 'paragraph', content: readInline(lines.map((line) => line.trim()).join(' ')) }
  const items: string[] = []
  for (const line of lines) {
    if (bullet.test(line)) items.push(line.replace(bullet, ''))
    else items.push(`${items.pop() ?? ''} ${line.trim()}`)
  }
  return { kind: 'list', isOrdered: /^\s*\d/.test(lines[0]!), items: items.map(readInline) }
}

export function readMarkdown(text: string): Block[] {
  const blocks: Block[] = []
  let lines: string[] = []
  const close = () => {
    if (lines.length > 0) blocks.push(readBlock(lines))
    lines = []
  }
  const all = text.split(/\r?\n/)
  for (let at = 0; at < all.length; at++) {
    const line = all[at]!
    if (/^\s*```/.test(line)) {
      close()
      const end = all.findIndex((later, index) => index > at && /^\s*```/.test(later))
      const stop = end === -1 ? all.length : end
      blocks.push({ kind: 'code', text: all.slice(at + 1, stop).join('\n') })
      at = stop
    } else if (line.trim() === '') {
      close()
    } else {
      lines.push(line)
    }
  }
  close()
  return blocks
}

function drawInline(parts: readonly Inline[]): unknown[] {
  return parts.map((part) => {
    if (part.kind === 'code') return html`<code>${part.text}</code>`
    if (part.kind === 'strong') return html`<strong>${part.text}</strong>`
    if (part.kind === 'emphasis') return html`<em>${part.text}</em>`
    if (part.kind === 'link') return html`<a href=${part.href}>${part.text}</a>`
    return part.text
  })
}

/** A line of prose with `code` in it: a check's message, a headline. */
export function drawLine(text: string): unknown[] {
  return drawInline(readInline(text))
}

export function drawMarkdown(text: string): TemplateResult[] {
  return readMarkdown(text).map((block) => {
    if (block.kind === 'code') return html`<pre class="cw-snippet" tabindex="0"><code>${block.text}</code></pre>`
    if (block.kind === 'paragraph') return html`<p>${drawInline(block.content)}</p>`
    const items = block.items.map((item) => html`<li>${drawInline(item)}</li>`)
    return block.isOrdered
      ? html`<ol>
          ${items}
        </ol>`
      : html`<ul>
          ${items}
        </ul>`
  })
}
