import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { callerIn } from './trap-ambient.ts'

/** Runs one expression in a file at the given path of a throw-away tree, traps set; returns what it printed. */
function runAt(path: string, expression: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'trap-')))
  try {
    const file = join(folder, path)
    mkdirSync(join(file, '..'), { recursive: true })
    const traps = pathToFileURL(join(import.meta.dirname, 'trap-ambient.ts')).href
    writeFileSync(
      file,
      `import '${traps}'\ntry { ${expression}; console.log('allowed') } catch (error) { console.log(error.message) }\n`,
    )
    return execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('the trap of ambient time and chance', () => {
  it.each([
    ['Date.now()', 'context.now'],
    ['new Date()', 'context.now'],
    ['Date()', 'context.now'],
    ['performance.now()', 'context.now'],
    ['Math.random()', 'context.random'],
    ['crypto.randomUUID()', 'context.random'],
    ['setTimeout(() => {}, 0)', 'wake effect'],
    ['queueMicrotask(() => {})', 'wake effect'],
  ])('throws at %s in cluster/, naming the remedy', (expression, remedy) => {
    const said = runAt('cluster/kernel/world.ts', expression)
    expect(said).toContain('cluster/ must not use')
    expect(said).toContain(remedy)
  })

  it.each([
    ['a test in cluster/', 'cluster/kernel/world.test.ts', 'Date.now()'],
    ['scripts/', 'scripts/bench.ts', 'Math.random()'],
    ['src/', 'src/figures/board.ts', 'setTimeout(() => {}, 0)'],
    ['cluster/ with a date made from a number', 'cluster/kernel/world.ts', 'new Date(0).toISOString()'],
  ])('lets %s go on', (_, path, expression) => {
    expect(runAt(path, expression)).toBe('allowed\n')
  })

  it('judges by the innermost frame that is ours, past packages', () => {
    const stack = [
      'Error: where',
      '    at parse (/x/node_modules/yaml/dist/parse.js:1:1)',
      '    at load (/x/cluster/api/manifest.ts:3:1)',
      '    at Object.<anonymous> (/x/grader/kit/world.ts:9:1)',
    ].join('\n')
    expect(callerIn(stack, '/x')).toEqual({ folder: 'cluster', frame: 'cluster/api/manifest.ts:3:1' })
  })

  it('lets the test runner time how long it takes to load a file of ours', () => {
    const stack = [
      'Error: where',
      '    at runModule (file:///x/node_modules/vitest/dist/module-runner.js:1:1)',
      '    at file:///x/cluster/kernel/trace.ts:9:1',
    ].join('\n')
    expect(callerIn(stack, '/x')).toBeUndefined()
  })
})
