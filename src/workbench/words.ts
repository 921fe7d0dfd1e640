/** The workbench's own words, in the page's language. */
import { pageLocale } from './page-locale.ts'
import { en, type Words } from './words-en.ts'
import { es } from './words-es.ts'

export const words = (): Words => (pageLocale() === 'es' ? es : en)
