import { describe, expect, it } from 'vitest'
import { claims } from './claims.ts'
import { readCoverage } from './coverage.ts'
import { claimsIn, lessonSource } from './lesson-source.ts'
import { sections } from './sections.ts'

const coverage = readCoverage()
const written = sections.filter((section) => !coverage.unwritten.includes(section))

describe('the chapter’s claims', () => {
  it('are all carried by a lesson, and every section has one', () => {
    expect(coverage.unwritten.map(({ slug }) => slug)).toEqual([])
    expect(coverage.claims.filter(({ lessons }) => lessons.length === 0).map(({ number }) => number)).toEqual([])
  })

  it('are 147, each once, each of a section of the course', () => {
    expect(claims.map(({ number }) => number)).toEqual(Array.from({ length: 147 }, (_, index) => index + 1))
    const ids = sections.map(({ id }) => id)
    for (const { section } of claims) expect(ids).toContain(section)
  })

  it.each(written)('of $id are all marked in its lesson $slug', ({ id }) => {
    const missing = coverage.claims.filter((claim) => claim.section === id && claim.isMissing)
    expect(missing.map(({ number, text }) => `C${number}: ${text}`)).toEqual([])
  })

  it.each(written)('are marked by single numbers in $slug, and none that the chapter does not have', (section) => {
    const text = lessonSource(section, 'en')!.text
    const numbers = claims.map(({ number }) => number)
    for (const number of claimsIn(text)) expect(numbers).toContain(number)
    expect(text).not.toMatch(/\{\/\*[^*]*C\d+\s*[-–]\s*C?\d+/)
  })

  it('are marked in every translation as in English', () => {
    for (const section of written) {
      const spanish = lessonSource(section, 'es')
      if (!spanish) continue
      const marks = (text: string) => [...new Set(claimsIn(text))].toSorted((a, b) => a - b)
      expect([section.slug, marks(spanish.text)]).toEqual([section.slug, marks(lessonSource(section, 'en')!.text)])
    }
  })
})

describe('the systems that the chapter names', () => {
  it('all appear in the prose of a lesson', () => {
    expect(coverage.systems.filter(({ lessons }) => lessons.length === 0).map(({ name }) => name)).toEqual([])
  })
})
