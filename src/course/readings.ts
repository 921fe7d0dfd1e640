/**
 * Where a lesson explains what a hint is about, so that a failed check leads to it.
 *
 * The front matter of an exercise's `hints.mdx` names for the key of a hint the slug of a lesson and one of its headings, as the
 * address of the English page writes it: `read: { room: scheduler#the-funnel }`. A translated lesson has the same headings in the
 * same order, so the place is found in every language.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { frontMatter, projectRoot } from './course.ts'
import { lessonSource } from './lesson-source.ts'
import { lesson } from './links.ts'
import { type Locale, sections } from './sections.ts'

export interface Reading {
  /** Key of the hint. */
  hint: string
  href: string
  /** The heading, in the language of the page that it leads to. */
  title: string
}

export interface Heading {
  depth: number
  text: string
  /** As the heading's `id` and the end of an address have it. */
  anchor: string
}

/** A heading's id, as Astro makes it: letters, digits and hyphens, in lower case. */
export function anchorOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}

/** The headings of a lesson's or another page's source, in order. */
export function headingsIn(source: string): Heading[] {
  const prose = source.replace(/^(`{3,}|~{3,})[\s\S]*?^\1/gm, '').replace(/\{\/\*[\s\S]*?\*\/\}/g, '')
  return [...prose.matchAll(/^(#{2,3}) +(.+?)\s*$/gm)].map(([, marks = '', written = '']) => {
    const text = written
      .replace(/<[^>]*>/g, '')
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[`*]/g, '')
    return { depth: marks.length, text, anchor: anchorOf(text) }
  })
}

/**
 * What the hints of an exercise lead to.
 * @param folder below `exercises/`
 * @throws when a lesson or a heading that is named does not exist
 */
export function readingsOf(folder: string, locale: Locale, root = projectRoot()): Reading[] {
  const file = join(root, 'exercises', folder, 'hints.mdx')
  const { read } = frontMatter(existsSync(file) ? readFileSync(file, 'utf8') : '')
  return Object.entries((read as Record<string, string> | undefined) ?? {}).map(([hint, place]) => {
    const found = placeOf(place, locale, root)
    if (!found) throw new Error(`exercises/${folder}/hints.mdx: “${hint}” leads to “${place}”, which no lesson has.`)
    return { hint, ...found }
  })
}

function placeOf(place: string, locale: Locale, root: string): { href: string; title: string } | undefined {
  const [slug = '', anchor] = place.split('#')
  const section = sections.find((candidate) => candidate.slug === slug)
  const english = section && lessonSource(section, 'en', root)
  if (!section || !english) return undefined
  const headings = headingsIn(english.text)
  const at = headings.findIndex((heading) => heading.anchor === anchor)
  if (at === -1) return undefined
  const translation = locale === 'en' ? undefined : lessonSource(section, locale, root)
  const translated = translation ? headingsIn(translation.text) : headings
  const { text: title, anchor: id } = translated[at] ?? headings[at]!
  return { href: `${lesson(slug, locale)}#${id}`, title }
}
