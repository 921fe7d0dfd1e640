/**
 * How the editor's language service sees the course's modules: where their declarations lie, and under which settings.
 * The settings are the grader's own, so that what is underlined while typing is what a run will say.
 */
import { ambientFileName, ambientSource, learnerCompilerOptions } from '#grader/sandbox/compile.ts'

/** Where the language service looks for a course module: the usual place of a package's files. */
export function moduleFile(module: string): string {
  return `file:///node_modules/${module}.d.ts`
}

/** The same settings as Monaco wants them: an open record, because its own type for them is out of date. */
export function editorCompilerOptions(): Record<string, string | number | boolean | string[]> {
  return { ...learnerCompilerOptions, lib: [...learnerCompilerOptions.lib], allowNonTsExtensions: true }
}

/** What is there without an import: a `console`. */
export const ambientFile = { filePath: `file:///${ambientFileName}`, content: ambientSource }
