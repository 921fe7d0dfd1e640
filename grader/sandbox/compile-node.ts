/** The compiler in Node: TypeScript from node_modules, with its own library texts read from disk. */
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import type { Compiled } from '../verdict/verdict.ts'
import type { CompileOptions } from './compile.ts'
import { compile } from './compile.ts'

let texts: Record<string, string> | undefined

/** Texts of the libraries that a learner's file is checked against, by file name. */
export function libraryTexts(): Record<string, string> {
  if (texts !== undefined) return texts
  const folder = dirname(createRequire(import.meta.url).resolve('typescript'))
  const wanted = readdirSync(folder).filter((name) => /^lib\.(es5|es20\d\d.*|decorators.*)\.d\.ts$/.test(name))
  texts = Object.fromEntries(wanted.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
  return texts
}

/** As `compile`, with Node's TypeScript. `fileName` must end in `.ts`. */
export function compileNode(source: string, options: Omit<CompileOptions, 'libs'>): Compiled {
  return compile(source, { ...options, libs: options.checksTypes === false ? {} : libraryTexts() }, ts)
}
