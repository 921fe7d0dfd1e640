/** The words of the page “Coverage”, in each language. What the claims say is written once, in English. */
import type { Verdict } from './facts/fact.ts'
import type { Locale } from './sections.ts'

const en = {
  title: 'Coverage',
  lead: 'This course follows one chapter of 2022, claim by claim. Here is each claim in our words, where it is taught, and what has changed since.',
  contents: 'On this page',
  claims: 'Claims',
  claimsLead:
    '{done} of 147 claims are carried by a written lesson. The table is made from marks in the lessons’ own sources.',
  claim: 'Claim',
  lesson: 'Lesson',
  figure: 'Figure',
  notYet: 'not yet',
  systems: 'Named systems',
  systemsLead: 'Every program and idea that the chapter names, and the lessons in whose prose it appears.',
  facts: 'Then and now',
  factsLead:
    'What the chapter says and what holds today, with the place where it is written and the day somebody last looked there.',
  saidThen: 'Then',
  holdsNow: 'Now',
  sources: 'Sources',
  looked: 'looked up on {day}',
  upTo: 'up to Kubernetes {version}',
  notLooked: 'not yet checked against a source',
  inEnglish: '',
  verdicts: {
    WRONG: 'wrong',
    IMPRECISE: 'imprecise',
    OUTDATED: 'outdated',
    'OK+': 'holds, and more',
  } satisfies Record<Verdict, string> as Record<Verdict, string>,
}

const es: typeof en = {
  title: 'Cobertura',
  lead: 'Este curso sigue un capítulo de 2022, afirmación por afirmación. Aquí está cada una con nuestras palabras, dónde se enseña y qué ha cambiado desde entonces.',
  contents: 'En esta página',
  claims: 'Afirmaciones',
  claimsLead:
    '{done} de 147 afirmaciones están en una lección escrita. La tabla sale de las marcas en las propias lecciones.',
  claim: 'Afirmación',
  lesson: 'Lección',
  figure: 'Figura',
  notYet: 'aún no',
  systems: 'Sistemas nombrados',
  systemsLead: 'Cada programa e idea que nombra el capítulo, y las lecciones en cuyo texto aparece.',
  facts: 'Antes y ahora',
  factsLead:
    'Lo que dice el capítulo y lo que vale hoy, con el lugar donde está escrito y el día en que alguien lo miró.',
  saidThen: 'Antes',
  holdsNow: 'Ahora',
  sources: 'Fuentes',
  looked: 'consultado: {day}',
  upTo: 'hasta Kubernetes {version}',
  notLooked: 'aún sin comprobar en una fuente',
  inEnglish: 'Las afirmaciones están en inglés.',
  verdicts: { WRONG: 'incorrecto', IMPRECISE: 'impreciso', OUTDATED: 'anticuado', 'OK+': 'vale, y hay más' },
}

export const coverageWords: Record<Locale, typeof en> = { en, es }
