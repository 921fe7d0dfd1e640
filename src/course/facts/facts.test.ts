import { describe, expect, it } from 'vitest'
import { factsIn, lessonSource } from '../lesson-source.ts'
import { sections } from '../sections.ts'
import { factFor, facts } from './facts.ts'

const written = sections.flatMap((section) => {
  const source = lessonSource(section, 'en')
  return source ? [{ slug: section.slug, file: source.file, used: factsIn(source.text) }] : []
})

describe('then and now', () => {
  it('has all 44 rows, each once', () => {
    expect(facts.map(({ id }) => id)).toEqual(Array.from({ length: 44 }, (_, index) => index + 1))
  })

  it.each(facts)('row $id is whole: claims of the chapter, lessons, sources', (fact) => {
    for (const claim of fact.claims) expect(claim).toBeGreaterThanOrEqual(1)
    for (const claim of fact.claims) expect(claim).toBeLessThanOrEqual(147)
    expect(fact.claims.length).toBeGreaterThan(0)
    expect(sections.map(({ slug }) => slug)).toEqual(expect.arrayContaining([...fact.lessons]))
    expect(fact.lessons.length).toBeGreaterThan(0)
    expect(fact.sources.length).toBeGreaterThan(0)
    for (const source of fact.sources) expect(source).toMatch(/^https:\/\/|^[a-z]+\//)
    if (fact.verifiedOn !== undefined) expect(fact.verifiedOn).toMatch(/^\d{4}-\d{2}(-\d{2})?$/)
    if (fact.k8sVersion !== undefined) expect(fact.k8sVersion).toMatch(/^1\.\d+$/)
  })

  it.each(facts)('row $id is short, in its place after “Then” and “Now”', ({ en, es }) => {
    for (const text of [en, es].flatMap((version) => (version ? [version.said, version.holds] : []))) {
      expect(text).toMatch(/\.$/)
      expect(text.split(/\s+/).length).toBeLessThanOrEqual(55)
    }
  })

  it('is in Spanish, too, for the first six lessons', () => {
    const first = sections.slice(0, 6).map(({ slug }) => slug)
    const untranslated = facts.filter(({ es, lessons }) => !es && lessons.some((slug) => first.includes(slug)))
    expect(untranslated.map(({ id }) => id)).toEqual([])
  })

  it.each(written)('stands in $file exactly once for each of its rows', ({ slug, used }) => {
    const own = facts.filter(({ lessons }) => lessons.includes(slug)).map(({ id }) => id)
    expect(used.toSorted((a, b) => a - b)).toEqual(own)
  })

  it('tells an author which lesson a row belongs to', () => {
    expect(factFor(6, 'scheduler').verdict).toBe('WRONG')
    expect(() => factFor(6, 'kubelet')).toThrow(/belongs to scheduler, not to “kubelet”: take it out/)
    expect(() => factFor(99, 'kubelet')).toThrow(/no row of src\/course\/facts/)
  })
})
