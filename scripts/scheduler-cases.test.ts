import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const FOLDER = join(import.meta.dirname, '../cluster/kube-scheduler/plugins')

/** Rows of tables (`it.each([...])`), and tests that stand alone. */
function casesIn(path: string): number {
  let cases = 0
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [first] = node.arguments
      if (node.expression.getText() === 'it') cases++
      if (node.expression.getText() === 'it.each' && first && ts.isArrayLiteralExpression(first))
        cases += first.elements.length
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true))
  return cases
}

it('holds the scheduler’s plugins to five hundred cases and more', () => {
  const cases = globSync('*.test.ts', { cwd: FOLDER }).reduce((sum, file) => sum + casesIn(join(FOLDER, file)), 0)
  console.log(`${cases} cases for the scheduler's plugins`)
  expect(cases).toBeGreaterThanOrEqual(500)
})
