/** The work of the yardstick: the syntax trees of the browser's own type declarations, which are large and of a pinned version. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import ts from 'typescript'

const TIMES = 3
const file = createRequire(import.meta.url).resolve('typescript/lib/lib.dom.d.ts')
const text = readFileSync(file, 'utf8')
for (let i = 0; i < TIMES; i++) ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
