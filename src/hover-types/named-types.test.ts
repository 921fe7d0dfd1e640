import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { beginningOf, namedTypes } from './named-types.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('knows the course’s own types, and where each name stands', () => {
  const code = "import type { Pod } from 'clusterwright/api'\nexport const nameOf = (pod: Pod) => pod.metadata.name\n"
  const found = namedTypes(root, code)
  const at = (line: number, start: number) => found.find((one) => one.line === line && one.start === start)
  expect(at(1, 13)).toMatchObject({ end: 19, text: 'const nameOf: (pod: Pod) => string' })
  expect(at(1, 23)?.text).toBe('(parameter) pod: Pod')
  expect(found.map(({ text }) => text).join()).not.toContain('any')
})

it('the beginning of a starter leaves out what is given', () => {
  const code = beginningOf(`${root}exercises/04-scheduler/01-fit-filter/starter.ts`)
  expect(code).toContain('preFilter(state, pod)')
  expect(code).not.toContain('given')
  expect(code.split('\n').length).toBeLessThanOrEqual(26)
})
