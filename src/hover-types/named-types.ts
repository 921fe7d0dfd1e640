/**
 * What the compiler knows about the names in a piece of learners' TypeScript: what an editor shows when one points at them.
 * At build time only.
 */
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { learnerCompilerOptions } from '#grader/sandbox/compile.ts'

export interface NamedType {
  /** From 0, as are the columns; `end` is the first column after the name. */
  readonly line: number
  readonly start: number
  readonly end: number
  /** `const plugin: FitFilter`, and below it what the documentation says. */
  readonly text: string
}

/** In the course's own folder, so that `clusterwright/…` is what its `package.json` exports. */
const FILE = '/lesson.ts'
/** A long type says less than its first lines. */
const CHARACTERS_MAX = 400

/** @param root folder of the course */
export function namedTypes(root: string, code: string): NamedType[] {
  const path = root.replace(/\/$/, '') + FILE
  const service = ts.createLanguageService(hostOf(path, code))
  const file = service.getProgram()!.getSourceFile(path)!
  const found: NamedType[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const text = said(service.getQuickInfoAtPosition(path, node.getStart()))
      const { line, character: start } = file.getLineAndCharacterOfPosition(node.getStart())
      if (text) found.push({ line, start, end: start + node.text.length, text })
    }
    node.forEachChild(visit)
  }
  visit(file)
  return found
}

function said(info: ts.QuickInfo | undefined): string {
  if (!info) return ''
  const parts = [info.displayParts, info.documentation].map((part) => ts.displayPartsToString(part).trim())
  const text = parts.filter((part) => part !== '').join('\n\n')
  return text.length > CHARACTERS_MAX ? `${text.slice(0, CHARACTERS_MAX)} …` : text
}

function hostOf(path: string, code: string): ts.LanguageServiceHost {
  const textOf = (name: string): string | undefined => (name === path ? code : ts.sys.readFile(name))
  return {
    getScriptFileNames: () => [path],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const text = textOf(name)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => path.slice(0, -FILE.length),
    getCompilationSettings: () => ({
      ...learnerCompilerOptions,
      lib: [...learnerCompilerOptions.lib],
      allowImportingTsExtensions: true,
    }),
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (name) => name === path || ts.sys.fileExists(name),
    readFile: textOf,
    directoryExists: ts.sys.directoryExists,
  }
}

const GIVEN = /^\/\/ ── given/m
const LINES_MAX = 26

/** What a learner begins with, as far as it fits in a lesson: without what is given below it. @param file path of `starter.ts` */
export function beginningOf(file: string): string {
  const [own = ''] = readFileSync(file, 'utf8').split(GIVEN)
  const lines = own.trimEnd().split('\n')
  if (lines.length <= LINES_MAX) return lines.join('\n')
  // Whole statements, where one of them ends early enough.
  const end = lines.lastIndexOf('', LINES_MAX - 2)
  return [...lines.slice(0, end > 0 ? end : LINES_MAX - 2), '', '// …'].join('\n')
}
