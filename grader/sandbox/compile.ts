/**
 * From a learner's file to a module that the sandbox can run: diagnostics first, then types erased with every line and column
 * kept, so that no source map is needed and a stack names the place the learner sees.
 *
 * What the real one does: `tsc` over a project on disk.
 * What we model: one file in memory, checked by TypeScript 5.9.3 against the ES2023 library, a `console` and the course's
 * type modules; erased by ts-blank-space. The compiler is handed in, so that a page uses the copy its editor has already.
 * What we leave out: other files of the learner's own, JSX, anything that needs more than erasing (enums, namespaces).
 * Where to read upstream: TypeScript's compiler API (`ts.createProgram`), ts-blank-space's README.
 *
 * Why TypeScript's own parser, even where nobody asks about types. No other one is much quicker: for a file of 6.5 kB, warm, in
 * one process and in processor time, it takes 0.66 ms; @babel/parser 7.29 0.61, swc's WASM (amaro 0.1.9) 0.66,
 * acorn-typescript 1.0.13 1.09, acorn 8.19 alone on JavaScript without types 0.52, and sucrase 3.35 0.47, which finds no errors.
 * Each finds other errors than TypeScript does, so its yes would have to be asked of TypeScript again. Parsing and erasing
 * are a quarter to a half of a small grade, from one run of the bench to another; given a tree parsed before, the harness's own
 * share of it fell from 44 to 30 % in one process.
 */
import type * as TypeScript from 'typescript'
import { blankSourceFile } from 'ts-blank-space'
import type { Compiled, Diagnostic } from '../verdict/verdict.ts'
import { essenceOf } from './essence.ts'
import { TooDeep, findRefusals, refusalCodes, typeOnlyImports } from './refusals.ts'

export type TypeScriptApi = typeof TypeScript

export interface CompileOptions {
  /** The learner's file as messages and stacks name it: `main.ts`. */
  fileName: string
  /** Declarations by import path, such as `clusterwright/scheduler`. They may import each other by those paths. */
  types: Readonly<Record<string, string>>
  /** Texts of TypeScript's own libraries by file name (`lib.es2023.d.ts` and what it refers to). */
  libs: Readonly<Record<string, string>>
  /** False: only what keeps the file from running is looked for, which takes a fraction of the time. Default: true. */
  checksTypes?: boolean
}

/**
 * The settings that learners' files are checked under, by number: TypeScript's enums are not at hand everywhere.
 * An editor that uses them shows exactly what the grader will say.
 */
export const learnerCompilerOptions = {
  target: 9, // ES2022
  module: 99, // ESNext
  moduleResolution: 100, // Bundler
  moduleDetection: 3, // Force: a file without an import or export is a module too
  lib: ['lib.es2023.d.ts'],
  types: [] as string[],
  strict: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: true,
  noEmit: true,
} as const

/** What the guest has beside the language itself. Its text is given to the compiler, and to an editor, under this name. */
export const ambientFileName = 'clusterwright-ambient.d.ts'
export const ambientSource = `interface Console {
  /** Writes a line to the console of this run. Long output is cut, and says so. */
  log(...items: unknown[]): void
  info(...items: unknown[]): void
  debug(...items: unknown[]): void
  warn(...items: unknown[]): void
  error(...items: unknown[]): void
}
declare const console: Console
`

const root = '/'
const moduleFile = (module: string) => `${root}node_modules/${module}.d.ts`

const sourceMax = 200_000
const diagnosticsMax = 50
/** TypeScript's own words for what `refusals.ts` says with a remedy: enums and the like; a default export by `export =`. */
const saidBetterByUs = new Set([1294, 1484, 1203, 1206, 1219, 1378, 1375, 1432, 2318])

/**
 * Compiles one file. Never throws for anything the learner wrote: `runnable` is false when a diagnostic of severity `syntax`
 * is present, and `code` is then empty.
 */
export function compile(source: string, options: CompileOptions, ts: TypeScriptApi): Compiled {
  if (source.length > sourceMax) {
    const message = `The file has ${source.length} characters; at most ${sourceMax} are compiled. Remove what is not needed.`
    return refused({ line: 1, column: 1, code: refusalCodes.tooLong, message, severity: 'syntax' })
  }
  try {
    return compileChecked(source, options, ts)
  } catch (error) {
    // The parser recurses: a file of ten thousand brackets overflows it. Anything else is our own mistake.
    if (!(error instanceof RangeError) && !(error instanceof TooDeep)) throw error
    const message = 'The file is nested too deeply for the compiler. Split large expressions into smaller ones.'
    return refused({ line: 1, column: 1, code: refusalCodes.tooDeep, message, severity: 'syntax' })
  }
}

const refused = (diagnostic: Diagnostic): Compiled => ({ code: '', diagnostics: [diagnostic], runnable: false })

function compileChecked(source: string, options: CompileOptions, ts: TypeScriptApi): Compiled {
  const file = learnersFile(root + options.fileName, source, ts)
  const convert = (severity: Diagnostic['severity']) => (diagnostic: TypeScript.Diagnostic) => ({
    ...positionOf(file, diagnostic.start ?? 0),
    code: diagnostic.code,
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
    severity,
  })
  const refusals = findRefusals(file, ts).map(({ node, code, message }) => ({
    ...positionOf(file, node.getStart(file)),
    code,
    message,
    severity: 'syntax' as const,
  }))
  const parsed = file.parseDiagnostics.map(convert('syntax'))
  let code = ''
  // Nodes that ts-blank-space cannot erase are found by refusals.ts as well; whichever is missed there is caught here.
  const notErased: Diagnostic[] = []
  if (parsed.length === 0) {
    code = blankSourceFile(file, (node) => {
      const message = 'This TypeScript syntax cannot be erased to plain JavaScript. Write it without.'
      notErased.push({ ...positionOf(file, node.pos), code: refusalCodes.notErasable, message, severity: 'syntax' })
    })
    code = blankRanges(code, typeOnlyImports(file, ts))
  }
  const semantic = options.checksTypes === false ? [] : typeDiagnostics(file, options, ts)
  const types = semantic.filter(({ code: number }) => !saidBetterByUs.has(number)).map(convert('type'))

  const blocking = [...parsed, ...refusals, ...(refusals.length === 0 ? notErased : [])]
  const runnable = blocking.length === 0
  const diagnostics = inOrder([...blocking, ...types])
  return runnable ? new Runnable(code, diagnostics, ts) : { code: '', diagnostics, runnable }
}

/**
 * The essence is half of the work of compiling, and few exercises ask for it: it is taken when it is asked for, or cloned. So it
 * is a property of the object itself; and all objects have the same getter, because to V8 each further one is another shape of
 * object, which it keeps with all that the getter can reach.
 */
class Runnable implements Compiled {
  static readonly #taken = {
    enumerable: true,
    get(this: Runnable): string {
      return (this.#essence ??= essenceOf(this.code, this.#ts))
    },
  }
  readonly code: string
  readonly diagnostics: Diagnostic[]
  readonly runnable = true
  declare readonly essence: string
  readonly #ts: TypeScriptApi
  #essence: string | undefined

  constructor(code: string, diagnostics: Diagnostic[], ts: TypeScriptApi) {
    this.code = code
    this.diagnostics = diagnostics
    this.#ts = ts
    Object.defineProperty(this, 'essence', Runnable.#taken)
  }
}

/** By place; at one place what blocks comes first. The same message twice at one place is said once. */
function inOrder(diagnostics: Diagnostic[]): Diagnostic[] {
  const severity = (diagnostic: Diagnostic) => (diagnostic.severity === 'syntax' ? 0 : 1)
  const sorted = diagnostics.sort(
    (a, b) => a.line - b.line || a.column - b.column || severity(a) - severity(b) || a.code - b.code,
  )
  const key = ({ line, column, code, message }: Diagnostic) => `${line}:${column}:${code}:${message}`
  const seen = new Set<string>()
  const once = sorted.filter((diagnostic) => !seen.has(key(diagnostic)) && seen.add(key(diagnostic)))
  if (once.length <= diagnosticsMax) return once
  // What blocks must not be cut away by a crowd of type errors.
  const kept = [...once].sort((a, b) => severity(a) - severity(b)).slice(0, diagnosticsMax)
  return once.filter((diagnostic) => kept.includes(diagnostic))
}

function positionOf(file: TypeScript.SourceFile, offset: number): { line: number; column: number } {
  const { line, character } = file.getLineAndCharacterOfPosition(offset)
  return { line: line + 1, column: character + 1 }
}

function blankRanges(code: string, ranges: readonly { start: number; end: number }[]): string {
  let result = code
  for (const { start, end } of ranges) {
    const blank = result.slice(start, end).replace(/[^\r\n\u2028\u2029]/g, ' ')
    result = result.slice(0, start) + blank + result.slice(end)
  }
  return result
}

/** What the parser has found is part of a file, but not of TypeScript's published types; a program hands on the same list. */
type ParsedFile = TypeScript.SourceFile & { readonly parseDiagnostics: readonly TypeScript.DiagnosticWithLocation[] }

function learnersFile(name: string, text: string, ts: TypeScriptApi): ParsedFile {
  if (!name.endsWith('.ts')) throw new Error(`the compiler does not take ${name}: its name must end in .ts`)
  // Comments say nothing to the compiler in a TypeScript file.
  const jsDocParsingMode = ts.JSDocParsingMode.ParseNone
  return ts.createSourceFile(name, text, { languageVersion: 99, impliedNodeFormat: 99, jsDocParsingMode }) as ParsedFile
}

/** Library files are parsed once per compiler and text: they are most of the work of a check. */
const parsedLibs = new WeakMap<TypeScriptApi, Map<string, TypeScript.SourceFile>>()

function libraryFile(name: string, text: string, ts: TypeScriptApi): TypeScript.SourceFile {
  const known = parsedLibs.get(ts) ?? new Map<string, TypeScript.SourceFile>()
  parsedLibs.set(ts, known)
  const kept = known.get(name)
  if (kept?.text === text) return kept
  const parsed = ts.createSourceFile(root + name, text, learnerCompilerOptions.target)
  known.set(name, parsed)
  return parsed
}

const ownText = (texts: Readonly<Record<string, string>>, name: string) =>
  Object.hasOwn(texts, name) ? texts[name] : undefined

/** Only here is there a program: to make one takes several times as long as to parse a learner's file. */
function typeDiagnostics(
  file: TypeScript.SourceFile,
  options: CompileOptions,
  ts: TypeScriptApi,
): readonly TypeScript.Diagnostic[] {
  const path = file.fileName
  const files = new Map<string, string>([
    [path, file.text],
    [root + ambientFileName, ambientSource],
    ...Object.entries(options.types).map(([module, text]): [string, string] => [moduleFile(module), text]),
  ])
  const textOf = (name: string) => files.get(name) ?? ownText(options.libs, name.slice(root.length))
  const host: TypeScript.CompilerHost = {
    getSourceFile(name) {
      const text = textOf(name)
      if (text === undefined) return undefined
      return name === path ? file : libraryFile(name.slice(root.length), text, ts)
    },
    getDefaultLibFileName: () => root + learnerCompilerOptions.lib[0],
    getDefaultLibLocation: () => root,
    writeFile: () => {},
    getCurrentDirectory: () => root,
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => textOf(name) !== undefined,
    readFile: textOf,
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => ({ resolvedModule: resolveModule(text, from, files, ts) })),
  }
  const settings = { ...learnerCompilerOptions, lib: [...learnerCompilerOptions.lib] }
  const program = ts.createProgram({ rootNames: [path, root + ambientFileName], options: settings, host })
  return program.getSemanticDiagnostics(file)
}

/** `clusterwright/…` by its path; between type modules also `./…`, with or without an ending. */
function resolveModule(
  specifier: string,
  from: string,
  files: ReadonlyMap<string, string>,
  ts: TypeScriptApi,
): TypeScript.ResolvedModuleFull | undefined {
  const folder = from.slice(0, from.lastIndexOf('/') + 1)
  const path = specifier.startsWith('.')
    ? new URL(specifier, `file://${folder}`).pathname
    : `${root}node_modules/${specifier}`
  const resolvedFileName = `${path.replace(/(\.d)?\.ts$/, '')}.d.ts`
  if (!files.has(resolvedFileName)) return undefined
  return { resolvedFileName, extension: ts.Extension.Dts, isExternalLibraryImport: false }
}
