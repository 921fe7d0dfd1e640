/**
 * Loads the checks of a course that lies elsewhere, in any Node: one too old to erase types (20), one that refuses to below
 * `node_modules`, and one that may start no thread, which hooks of its module loader would need.
 *
 * A module and those beside it that it imports become `data:` addresses, the innermost first, so what has changed is loaded
 * anew and what has not is the same module. Types are erased where they stand: a stack names the author's own line.
 * `clusterwright/kit` is the kit of this very process, wherever the course lies and whatever is installed there: a check
 * that failed is told from one that broke by the classes of one kit.
 *
 * What we leave out: siblings that import each other in a ring; `import.meta` and names put together at run time.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { blankSourceFile } from 'ts-blank-space'
import ts from 'typescript'

/** In the package this is JavaScript; in the repository Node runs it as it is. */
const kit = new URL('../kit/kit.ts', import.meta.url).href
/** `clusterwright/scheduler` and its like hold types alone. */
const NOTHING = 'data:text/javascript,export {}'

export const importAuthorModule = (path: string): Promise<unknown> => import(addressOf(path, new Map(), []))

/** The address of a module with its types erased. `above` are those that led here. */
function addressOf(path: string, known: Map<string, string>, above: readonly string[]): string {
  const found = known.get(path)
  if (found !== undefined) return found
  if (above.includes(path)) throw new SyntaxError(`${path} imports itself, by way of ${above.at(-1)}`)
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS)
  const text = withAddresses(erased(file), file, (specifier, at) => {
    if (specifier === 'clusterwright/kit') return kit
    if (specifier.startsWith('clusterwright/')) return NOTHING
    if (isBuiltin(specifier)) return specifier
    if (!specifier.startsWith('.')) return installed(specifier, file, at)
    const sibling = resolve(dirname(path), specifier)
    if (!existsSync(sibling)) refuse(file, at, `imports ${specifier}, but there is no such file`)
    return /\.[cm]?ts$/.test(sibling) ? addressOf(sibling, known, [...above, path]) : pathToFileURL(sibling).href
  })
  const named = `${text}\n//# sourceURL=${pathToFileURL(path).href}`
  const address = `data:text/javascript;base64,${Buffer.from(named).toString('base64')}`
  known.set(path, address)
  return address
}

/** A package that the author has installed. */
function installed(specifier: string, file: ts.SourceFile, at: number): string {
  try {
    return pathToFileURL(createRequire(file.fileName).resolve(specifier)).href
  } catch {
    return refuse(file, at, `imports ${specifier}, which is not installed where it lies`)
  }
}

function refuse(file: ts.SourceFile, start: number, message: string): never {
  const { line, character } = file.getLineAndCharacterOfPosition(start)
  throw new SyntaxError(`${file.fileName}:${line + 1}:${character + 1} ${message}`)
}

/** Same length, same lines: positions in the file are positions in the text. */
function erased(file: ts.SourceFile): string {
  // V8 would name the mistake, but not the place. The compiler keeps what it found at hand, though its types do not say so.
  const [mistake] = (file as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics
  if (mistake) refuse(file, mistake.start, ts.flattenDiagnosticMessageText(mistake.messageText, '\n'))
  return blankSourceFile(file, (node) =>
    refuse(
      file,
      node.getStart(file),
      'uses TypeScript that cannot be erased to plain JavaScript (an enum, a namespace, a parameter property …): write it without',
    ),
  )
}

/** Puts addresses in the place of what is imported; imports of types alone are gone already. */
function withAddresses(text: string, file: ts.SourceFile, find: (specifier: string, at: number) => string): string {
  const literals: ts.StringLiteral[] = []
  const visit = (node: ts.Node): void => {
    const names = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : calledWith(node)
    if (names && ts.isStringLiteral(names)) literals.push(names)
    ts.forEachChild(node, visit)
  }
  visit(file)
  let [result, end] = ['', 0]
  for (const literal of literals) {
    const start = literal.getStart(file)
    if (text.slice(start, literal.end) !== literal.getText(file)) continue
    result += text.slice(end, start) + JSON.stringify(find(literal.text, start))
    end = literal.end
  }
  return result + text.slice(end)
}

/** What `import('…')` is called with. */
const calledWith = (node: ts.Node): ts.Expression | undefined =>
  ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined
