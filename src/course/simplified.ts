/**
 * What the simulation leaves out, read from the header comments of its components' files.
 *
 * An entry file repeats its folder (`cluster/kube-scheduler/kube-scheduler.ts`); it speaks for the component, and each of the
 * folder's other files for a part of it. A header has four parts; each may stand as `Title:` at the start of a line or
 * paragraph, or as a sentence that begins with the title. A file without the part “What we leave out” is not on the page.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { projectRoot } from './course.ts'

export const headerParts = ['real', 'model', 'leftOut', 'upstream'] as const
export type HeaderPart = (typeof headerParts)[number]

export interface SimplifiedFile {
  /** Its path in the component's folder, without what repeats: `plugins/default-preemption`, `deployment`. */
  name: string
  file: string
  parts: Partial<Record<HeaderPart, string>>
}

export interface SimplifiedComponent {
  /** The component's folder, which is the binary's own name. */
  name: string
  /** What its entry file says of the whole, if that has such a header. */
  entry?: SimplifiedFile
  /** The folder's other files, by name. */
  files: SimplifiedFile[]
}

const titles: [HeaderPart, RegExp][] = [
  ['real', /What the real (?:one|thing|ones|kernel|[a-z-]+) (?:does|do|is)/i],
  ['model', /What we model/i],
  ['leftOut', /What we leave out/i],
  ['upstream', /Where to read(?: it)?(?: upstream)?/i],
]

/** Every component with such a header, in the order of the folders. */
export function readSimplified(root = projectRoot()): SimplifiedComponent[] {
  const base = join(root, 'cluster')
  if (!existsSync(base)) return []
  return readdirSync(base, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readComponent(base, name))
    .filter(({ entry, files }) => entry !== undefined || files.length > 0)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function readComponent(base: string, folder: string): SimplifiedComponent {
  const files = readdirSync(join(base, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => /(^|\/)[^./]+\.ts$/.test(path))
    .map((path) => ({
      name: path.slice(0, -'.ts'.length).replace(/([^/]+)\/\1$/, '$1'),
      file: `cluster/${folder}/${path}`,
      parts: readHeader(readFileSync(join(base, folder, path), 'utf8')),
    }))
    .filter(({ parts }) => parts.leftOut)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const entry = files.find(({ file }) => file === `cluster/${folder}/${folder}.ts`)
  return { name: folder, ...(entry && { entry }), files: files.filter((file) => file !== entry) }
}

/** The parts of a file's first block comment. */
export function readHeader(source: string): Partial<Record<HeaderPart, string>> {
  const comment = /^\s*(?:#!.*\n)?\s*\/\*\*([\s\S]*?)\*\//.exec(source)?.[1]
  if (comment === undefined) return {}
  const text = comment.replace(/^[ \t]*\*[ ]?/gm, '').trim()
  const found = titles
    .flatMap(([part, title]) => {
      // A title opens a line or follows a sentence, and is set off by a colon, a full stop or the line's end.
      const match = new RegExp(
        `(^[-*# ]*|\\n[-*# ]*|[.:!?] )(${title.source})\\s*(?:\\([^)]*\\))?\\s*(?:[:.·—-]|\\n)`,
        'i',
      ).exec(text)
      if (!match) return []
      const at = match.index + match[1]!.length
      return [{ part, at, from: match.index + match[0].length }]
    })
    .sort((a, b) => a.at - b.at)
  const parts: Partial<Record<HeaderPart, string>> = {}
  for (const [index, { part, from }] of found.entries()) {
    const body = text.slice(from, found[index + 1]?.at ?? text.length)
    const words = body.replace(/[-*# \n]+$/, '').trim()
    // What a header says after its fourth part is about the file, not about Kubernetes.
    parts[part] = part === 'upstream' ? words.split(/\n\s*\n/)[0]! : asSentence(words)
  }
  return parts
}

/** With a capital where the text begins with an ordinary word; names such as `etcd` and `client-go` stay as they are. */
function asSentence(words: string): string {
  const isOrdinary = /^[a-z]+[\s,;:]/.test(words) && !/^(kube|etcd|containerd|iptables|netfilter)/.test(words)
  return isOrdinary ? words.charAt(0).toUpperCase() + words.slice(1) : words
}

/** A part's text as paragraphs and lists, for a page: lines that begin with a dash are items. */
export function blocksOf(text: string): { kind: 'paragraph' | 'list'; items: string[] }[] {
  const blocks: { kind: 'paragraph' | 'list'; items: string[] }[] = []
  for (const paragraph of text.split(/\n\s*\n/)) {
    for (const line of paragraph.split('\n')) {
      const item = /^\s*[-*·]\s+(.*)$/.exec(line)?.[1]
      const last = blocks.at(-1)
      if (item !== undefined) {
        if (last?.kind === 'list') last.items.push(item)
        else blocks.push({ kind: 'list', items: [item] })
      } else if (last && line !== paragraph.split('\n')[0]) {
        last.items[last.items.length - 1] += ` ${line.trim()}`
      } else if (line.trim() !== '') {
        blocks.push({ kind: 'paragraph', items: [line.trim()] })
      }
    }
  }
  return blocks
}
