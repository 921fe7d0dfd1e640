/**
 * Addresses of the site's pages, under whatever base path and in whatever locale the reader is.
 *
 * Every link of the site is made here, so that the built folder works below any base path.
 */
import type { Locale } from './sections.ts'

/** The base path with a slash at both ends. */
export function base(): string {
  const given = import.meta.env?.BASE_URL ?? '/'
  return given.endsWith('/') ? given : `${given}/`
}

/** The address of a page: `page('course', 'es')` is `/es/course/` below the base path; `''` is the home page. */
export function page(path: string, locale: Locale = 'en'): string {
  const prefix = locale === 'en' ? '' : `${locale}/`
  return `${base()}${prefix}${path === '' ? '' : `${path}/`}`
}

/** The address of a lesson by its slug. */
export function lesson(slug: string, locale: Locale = 'en'): string {
  return page(slug === 'index' ? 'lessons' : `lessons/${slug}`, locale)
}

export function exercise(id: string, locale: Locale = 'en'): string {
  return page(`exercises/${id}`, locale)
}

/** The address of a file in `public/`. */
export function asset(path: string): string {
  return `${base()}${path}`
}

/** The path below the base and the locale, and the locale, of an address: `/docs/es/course/` → `course`, `es`. */
export function locate(pathname: string): { path: string; locale: Locale } {
  const below = pathname.startsWith(base()) ? pathname.slice(base().length) : pathname.replace(/^\//, '')
  const path = below.replace(/(index\.html)?$/, '').replace(/\/+$/, '')
  if (path === 'es') return { path: '', locale: 'es' }
  return path.startsWith('es/') ? { path: path.slice(3), locale: 'es' } : { path, locale: 'en' }
}

/** The slug of the lesson at a path below base and locale: `lessons/scheduler` is `scheduler`, `lessons` the first one. */
export function lessonSlug(path: string): string {
  return path === 'lessons' ? 'index' : path.replace(/^lessons\//, '')
}

/** Paths of the pages that exist once per locale, for `getStaticPaths`. */
export function localePaths(): { params: { locale: string | undefined }; props: { locale: Locale } }[] {
  return [
    { params: { locale: undefined }, props: { locale: 'en' } },
    { params: { locale: 'es' }, props: { locale: 'es' } },
  ]
}
