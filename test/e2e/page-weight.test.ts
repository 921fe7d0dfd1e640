/** A lesson opens fast on a slow phone: what its scripts weigh before its reader has done anything. */
import { describe, expect, it } from 'vitest'
import { plainSite } from '../../scripts/build-site.mjs'
import { address, pagePaths, useBrowser } from './harness.ts'
import { SCRIPTS_KB_MAX, weigh } from './page-weight.ts'

const browser = useBrowser()
const lessons = pagePaths(plainSite.folder).filter((path) => path.startsWith('lessons/'))

it('there are lessons', () => {
  expect(lessons.length).toBeGreaterThan(18)
})

describe.concurrent.each(lessons)('/%s', (path) => {
  it(`asks for less than ${SCRIPTS_KB_MAX} kB of scripts when it opens`, async () => {
    const { scriptsKb } = await weigh(browser(), address(path))
    expect(scriptsKb).toBeGreaterThan(1)
    expect(scriptsKb).toBeLessThan(SCRIPTS_KB_MAX)
  })
})
