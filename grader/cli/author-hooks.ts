/**
 * How Node loads the checks of a course that lies elsewhere: hooks for `module.registerHooks`, and for `module.register`
 * where a Node is too old for that.
 *
 * Types are erased where they stand, so that a stack names the author's own line; Node's own erasing is not in Node 20, and
 * refuses files below `node_modules`. `clusterwright/kit` is the kit of this very process, wherever the course lies and
 * whatever is installed there: a check that failed must be told from one that broke by the classes of one kit.
 */
import { readFileSync } from 'node:fs'
import type { LoadHookSync, ResolveHookSync } from 'node:module'
import { fileURLToPath } from 'node:url'
import { blankSourceFile } from 'ts-blank-space'
import ts from 'typescript'

const root = new URL('../../', import.meta.url).href
/** In the package these files are JavaScript; in the repository Node runs them as they are. */
const kit = new URL('../kit/kit.ts', import.meta.url).href
const isPacked = !import.meta.url.endsWith('.ts')
/** `clusterwright/scheduler` and its like hold types alone. */
const NOTHING = 'data:text/javascript,export {}'

export const resolve: ResolveHookSync = (specifier, context, next) => {
  if (!specifier.startsWith('clusterwright/')) return next(specifier, context)
  return { url: specifier === 'clusterwright/kit' ? kit : NOTHING, shortCircuit: true }
}

export const load: LoadHookSync = (url, context, next) => {
  const isOurs = !isPacked && url.startsWith(root)
  if (isOurs || !url.startsWith('file:') || !new URL(url).pathname.endsWith('.ts')) return next(url, context)
  const path = fileURLToPath(url)
  return { format: 'module', source: erased(readFileSync(path, 'utf8'), path), shortCircuit: true }
}

function erased(text: string, path: string): string {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS)
  const refuse = (start: number, message: string): never => {
    const { line, character } = file.getLineAndCharacterOfPosition(start)
    throw new SyntaxError(`${path}:${line + 1}:${character + 1} ${message}`)
  }
  // V8 would name the mistake, but not the place. The compiler keeps what it found at hand, though its types do not say so.
  const [mistake] = (file as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics
  if (mistake) refuse(mistake.start, ts.flattenDiagnosticMessageText(mistake.messageText, '\n'))
  return blankSourceFile(file, (node) =>
    refuse(
      node.getStart(file),
      'uses TypeScript that cannot be erased to plain JavaScript (an enum, a namespace, a parameter property …): write it without',
    ),
  )
}
