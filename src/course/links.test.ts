import { describe, expect, it } from 'vitest'
import { asset, exercise, lesson, localePaths, locate, page } from './links.ts'

describe('addresses', () => {
  it.each([
    [page(''), '/'],
    [page('', 'es'), '/es/'],
    [page('course'), '/course/'],
    [lesson('scheduler', 'es'), '/es/lessons/scheduler/'],
    [lesson('index'), '/lessons/'],
    [exercise('fit-filter'), '/exercises/fit-filter/'],
    [asset('favicon.svg'), '/favicon.svg'],
  ])('%s ends in a slash where it is a page', (address, expected) => {
    expect(address).toBe(expected)
  })

  it.each([
    ['/', '', 'en'],
    ['/es/', '', 'es'],
    ['/es', '', 'es'],
    ['/course/', 'course', 'en'],
    ['/es/lessons/scheduler/', 'lessons/scheduler', 'es'],
    ['/lessons/scheduler/index.html', 'lessons/scheduler', 'en'],
    ['/essays/', 'essays', 'en'],
  ])('%s is the page “%s” in %s', (pathname, path, locale) => {
    expect(locate(pathname)).toEqual({ path, locale })
  })

  it('lead back to the page that they were made for, in every locale', () => {
    for (const { props } of localePaths()) {
      expect(locate(page('glossary', props.locale))).toEqual({ path: 'glossary', locale: props.locale })
    }
  })
})
