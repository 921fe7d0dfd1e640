import { describe, expect, it } from 'vitest'
import { exerciseOf, importedModules } from './exercise-files.ts'

describe('the exercise that a file belongs to', () => {
  it.each([
    ['../../exercises/04-scheduler/01-fit-filter/starter.ts', 'fit-filter'],
    ['/exercises/18-pod-to-pod/02-ipam-host-local/hints.mdx', 'ipam-host-local'],
    ['../../exercises/04-scheduler/fit-filter/starter.ts', 'fit-filter'],
    ['../../exercises/04-scheduler/01-fit-filter/wrong/off-by-one.ts', undefined],
    ['../../grader/worker.ts', undefined],
  ])('%s: %s', (path, id) => {
    expect(exerciseOf(path)).toBe(id)
  })
})

it('the course modules of a file are those that it imports from, each once', () => {
  const source = `import type { Pod } from 'clusterwright/api'
import type { FitFilter } from "clusterwright/scheduler"
import type { Node } from 'clusterwright/api'
import type { X } from 'elsewhere/api'`
  expect(importedModules(source)).toEqual(['clusterwright/api', 'clusterwright/scheduler'])
})
