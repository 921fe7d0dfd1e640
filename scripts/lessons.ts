/**
 * Says how the course stands, lesson by lesson: words, claims, translation; then each claim with its lesson and figures.
 *
 *   npm run lessons                                 the two tables
 *   npm run lessons -- --translated scheduler       marks a translation as made from the English text as it is now
 *   npm run lessons -- --translated all             marks every translation: after a change that needs no translating
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readCoverage } from '../src/course/coverage.ts'
import { lessonSource, wordCount } from '../src/course/lesson-source.ts'
import { sections } from '../src/course/sections.ts'
import { englishFingerprint, translationState, withTranslationOf } from '../src/course/translation.ts'

const { values } = parseArgs({ options: { translated: { type: 'string' } } })

if (values.translated === undefined) printTables()
else mark(values.translated)

function mark(slug: string): void {
  const chosen = sections.filter((section) => slug === 'all' || section.slug === slug)
  if (chosen.length === 0) throw new Error(`No lesson is called “${slug}”. See src/course/sections.ts.`)
  for (const section of chosen) {
    const source = lessonSource(section, 'es')
    const fingerprint = englishFingerprint(section)
    if (!source || fingerprint === undefined) continue
    writeFileSync(source.file, withTranslationOf(readFileSync(source.file, 'utf8'), fingerprint))
    console.log(`${source.file}: translation of ${fingerprint}`)
  }
}

function printTables(): void {
  const coverage = readCoverage()
  for (const section of sections) {
    const source = lessonSource(section, 'en')
    const own = coverage.claims.filter((claim) => claim.section === section.id)
    const done = own.filter(({ lessons }) => lessons.length > 0).length
    const words = source ? `${wordCount(source.text)} words` : 'not written'
    const line = [
      section.id.padEnd(4),
      section.slug.padEnd(26),
      words.padEnd(14),
      `claims ${done}/${own.length}`.padEnd(14),
      `es: ${translationState(section, 'es')}`,
    ]
    console.log(line.join(''))
  }
  console.log()
  for (const claim of coverage.claims) {
    const lessons =
      claim.lessons.map(({ slug }) => slug).join(', ') || (claim.isMissing ? 'MISSING' : 'not written yet')
    console.log(
      [`C${claim.number}`.padEnd(5), lessons.padEnd(44), claim.shownBy.join(' ').padEnd(12), claim.text].join(''),
    )
  }
  const unnamed = coverage.systems.filter(({ lessons }) => lessons.length === 0).map(({ name }) => name)
  console.log(`\nNamed by no lesson: ${unnamed.join(', ') || 'none'}`)
}
