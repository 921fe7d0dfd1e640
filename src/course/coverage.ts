/**
 * Which lesson, and which figure, carries each of the chapter's claims and names each of its systems: worked out from the
 * lessons' own texts, for the page “Coverage”, the command `npm run lessons` and the test that fails on what is missing.
 */
import { FIGURES } from '../figures/figures.ts'
import { type Claim, claims } from './claims.ts'
import { projectRoot } from './course.ts'
import { claimsIn, figuresIn, type LessonSource, lessonSource, proseOf } from './lesson-source.ts'
import { namedSystems } from './named-systems.ts'
import { type Section, sections } from './sections.ts'

export interface CoveredClaim extends Claim {
  /** Lessons that mark it, in the course's order. */
  lessons: Section[]
  /** Figures that show it and stand in one of those lessons. */
  shownBy: string[]
  /** Its own lesson is written and does not mark it. */
  isMissing: boolean
}

export interface Coverage {
  claims: CoveredClaim[]
  systems: { name: string; lessons: Section[] }[]
  /** Sections whose lesson is not written. */
  unwritten: Section[]
}

/** From the English lessons: the others have the same marks. */
export function readCoverage(root = projectRoot()): Coverage {
  const lessons = sections.flatMap((section) => lessonSource(section, 'en', root) ?? [])
  return {
    claims: claims.map((claim) => covered(claim, lessons)),
    systems: namedSystems.map(({ name, pattern }) => ({
      name,
      lessons: lessons.filter(({ text }) => pattern.test(proseOf(text))).map(({ section }) => section),
    })),
    unwritten: sections.filter((section) => !lessons.some((lesson) => lesson.section === section)),
  }
}

function covered(claim: Claim, lessons: LessonSource[]): CoveredClaim {
  const marking = lessons.filter(({ text }) => claimsIn(text).includes(claim.number))
  const own = lessons.find(({ section }) => section.id === claim.section)
  const figures = new Set(marking.flatMap(({ text }) => figuresIn(text)))
  return {
    ...claim,
    lessons: marking.map(({ section }) => section),
    shownBy: claim.figures.filter((id) => figures.has(id) && id in FIGURES),
    isMissing: own !== undefined && !marking.includes(own),
  }
}
