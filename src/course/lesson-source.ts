/**
 * A lesson's file as text, and what stands in it: the claims it marks, the components it uses, the words it has.
 *
 * Read by the tests that hold the course together and by the page “Coverage”. It looks at the text alone, so a test needs no
 * build.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './course.ts'
import { lessonFile, type Locale, type Section } from './sections.ts'

export interface LessonSource {
  section: Section
  locale: Locale
  /** Path below the project, such as `content/en/06-scheduler.mdx`. */
  file: string
  text: string
}

/** Undefined when the lesson is not written in that language. */
export function lessonSource(section: Section, locale: Locale, root = projectRoot()): LessonSource | undefined {
  const file = `content/${locale}/${lessonFile(section)}`
  const path = join(root, file)
  return existsSync(path) ? { section, locale, file, text: readFileSync(path, 'utf8') } : undefined
}

/** Numbers in comments such as “C48, C50”, in the order of the text. */
export function claimsIn(text: string): number[] {
  return [...text.matchAll(/\{\/\*([^*]*)\*\/\}/g)].flatMap(([, inside = '']) =>
    [...inside.matchAll(/\bC(\d+)\b/g)].map(([, number]) => Number(number)),
  )
}

/** Ids of `<Fact id={…} />`. */
export function factsIn(text: string): number[] {
  return [...text.matchAll(/<Fact\s+id=\{(\d+)\}/g)].map(([, id]) => Number(id))
}

/** Ids of `<Figure id="…" />`. */
export function figuresIn(text: string): string[] {
  return [...text.matchAll(/<Figure\s+id="([^"]+)"/g)].map(([, id = '']) => id)
}

/** The body without front matter, imports, comments and components: what a reader reads as prose. */
export function proseOf(text: string): string {
  return text
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replace(/^import .*$/gm, '')
    .replace(/\{\/\*[\s\S]*?\*\/\}/g, '')
    .replace(/<([A-Z]\w*)\b(?:"[^"]*"|'[^']*'|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|[^<>{}"'])*\/>/g, '')
    .replace(/<\/?[A-Za-z][^>]*>/g, '')
    .replace(/\]\([^)]*\)/g, ']')
}

/** Words of the prose: what has a letter or a digit and no space within. */
export function wordCount(text: string): number {
  return (proseOf(text).match(/[^\s|]*[\p{L}\p{N}][^\s|]*/gu) ?? []).length
}
