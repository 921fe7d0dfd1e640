import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical.ts'
import { exerciseVersion, lackingImports } from './digest.ts'
import { limitsOf } from './exercise.ts'

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: [undefined, null] }, '{"a":[null,null],"b":1}'],
    [{ 10: 'x', 9: 'y', a: undefined }, '{"10":"x","9":"y"}'],
    ['ä"', '"ä\\""'],
  ])('of %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })
})

describe('the version of an exercise', () => {
  const files = { 'task.mdx': 'Do it.\n', 'checks.ts': 'a', 'starter.ts': 'b' }
  it('changes with what the learner is given and graded by', () => {
    expect(exerciseVersion({ ...files, 'checks.ts': 'c' })).not.toBe(exerciseVersion(files))
  })
  it('does not change with the solution, tests, hints or line ends', () => {
    const others = { 'solution.ts': 's', 'x.test.ts': 't', 'hints.mdx': 'h' }
    expect(exerciseVersion({ ...files, ...others, 'task.mdx': 'Do it.\r\n' })).toBe(exerciseVersion(files))
  })
  it('counts what is imported from other folders, and what that imports', () => {
    const checks = "import { a } from './a.ts'\nimport { held } from '../01-store/judge.ts'\nimport 'clusterwright/kit'"
    const tests = "import { x } from '../01-store/tests.ts'"
    const first = { 'checks.ts': checks, 'a.ts': '', 'tests.ts': tests }
    expect(lackingImports(first)).toEqual(['../01-store/judge.ts'])
    const judge = "import type { R } from './reference.ts'\nimport { b } from '../02-watch/../01-store/b.ts'"
    const then = { ...first, '../01-store/judge.ts': judge }
    expect(lackingImports(then)).toEqual(['../01-store/b.ts', '../01-store/reference.ts'])
    const whole = { ...then, '../01-store/b.ts': '', '../01-store/reference.ts': 'one' }
    expect(lackingImports(whole)).toEqual([])
    expect(exerciseVersion({ ...whole, '../01-store/reference.ts': 'two' })).not.toBe(exerciseVersion(whole))
  })
})

describe('limits of a task', () => {
  it('are read from its front matter', () => {
    const task = '---\nid: x\nlimits: { fuel: 1_000, memoryMiB: 16 }\n---\nlimits: { none }\n'
    expect(limitsOf(task)).toEqual({ fuelPerCall: 1000, memoryBytes: 16 * 1024 * 1024 })
    const shared = '---\nlimits: { totalFuel: 5, checkFuel: 7_000, calls: 9 }\n---\n'
    expect(limitsOf(shared)).toEqual({ fuel: 5, checkFuel: 7000, calls: 9 })
    expect(limitsOf('no front matter')).toEqual({})
  })
  it('must be known', () => {
    expect(() => limitsOf('---\nlimits: { seconds: 3 }\n---\n')).toThrow(/"seconds: 3" is no limit/)
  })
})
