/**
 * Whether a translated lesson still says what the English one says.
 *
 * A translation's front matter names the English text it was made from, `translationOf: <fingerprint>`. When the English
 * lesson or its questions change, the fingerprints differ: the page tells its reader, and `npm run lessons` tells the authors.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { frontMatter, projectRoot } from './course.ts'
import { questionsFile } from './questions.ts'
import { lessonFile, type Locale, type Section } from './sections.ts'

/** `missing`: shown in English. `unmarked`: nobody wrote down what it was made from. */
export type TranslationState = 'current' | 'stale' | 'unmarked' | 'missing'

/** Twelve hexadecimal digits over the English lesson and its questions; undefined when the lesson is not written. */
export function englishFingerprint(section: Section, root = projectRoot()): string | undefined {
  const folder = join(root, 'content', 'en')
  if (!existsSync(join(folder, lessonFile(section)))) return undefined
  const hash = createHash('sha256')
  for (const name of [lessonFile(section), questionsFile(section)]) {
    const path = join(folder, name)
    hash.update(existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : '')
    hash.update('\0')
  }
  return hash.digest('hex').slice(0, 12)
}

export function translationState(section: Section, locale: Locale, root = projectRoot()): TranslationState {
  if (locale === 'en') return 'current'
  const path = join(root, 'content', locale, lessonFile(section))
  if (!existsSync(path)) return 'missing'
  const { translationOf } = frontMatter(readFileSync(path, 'utf8'))
  if (translationOf === undefined) return 'unmarked'
  return String(translationOf) === englishFingerprint(section, root) ? 'current' : 'stale'
}

/** The translation's text with the fingerprint written into its front matter. */
export function withTranslationOf(text: string, fingerprint: string): string {
  // In quotes: twelve digits without a letter would be read as a number.
  const line = `translationOf: '${fingerprint}'`
  return /^translationOf:.*$/m.test(text)
    ? text.replace(/^translationOf:.*$/m, line)
    : text.replace(/^(---\r?\n[\s\S]*?)(\r?\n---\r?\n)/, `$1\n${line}$2`)
}
