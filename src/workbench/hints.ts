/**
 * Hints, as they stand in an exercise's `hints.mdx`: one `##` section each, in the order of the ladder.
 *
 * A failed check may name the hint that helps: by its key, which is a section's number, its heading, or the heading as an
 * address writes it (`Finished Pods` is `finished-pods`; `## finished-pods: Do they count?` has the key in front).
 */
export interface Hint {
  key: string
  title: string
  /** Markdown without the heading. */
  text: string
}

function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

function readHeading(heading: string): { key: string; title: string } {
  const plain = heading
    .replace(/`/g, '')
    .replace(/^\d+[.)]\s+/, '')
    .trim()
  const [, key, title] = /^([a-z0-9-]+):\s+(.+)$/.exec(plain) ?? []
  return key && title ? { key, title } : { key: slugOf(plain), title: plain }
}

/** Reads the sections; text before the first heading, front matter and imports are left out. */
export function readHints(mdx: string): Hint[] {
  const body = mdx.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, '').replace(/\{\/\*[\s\S]*?\*\/\}/g, '')
  return body
    .split(/^##\s+/m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n')
      const heading = end === -1 ? section : section.slice(0, end)
      return { ...readHeading(heading.trim()), text: end === -1 ? '' : section.slice(end + 1).trim() }
    })
}

/** The index of the hint that a check names, or -1. */
export function findHint(hints: readonly Hint[], name: string): number {
  if (/^\d+$/.test(name)) return Number(name) <= hints.length ? Number(name) - 1 : -1
  const slug = slugOf(name)
  return hints.findIndex((hint) => hint.key === name || slugOf(hint.key) === slug || slugOf(hint.title) === slug)
}
