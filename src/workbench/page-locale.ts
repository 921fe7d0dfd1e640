/** The language of the page, in which the workbench speaks. */
import type { Locale } from '#grader/verdict/said.ts'

export const pageLocale = (): Locale => (globalThis.document?.documentElement.lang.startsWith('es') ? 'es' : 'en')
