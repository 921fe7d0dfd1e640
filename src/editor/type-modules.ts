/**
 * How the editor's language service sees the course's modules: where their declarations lie and under which settings.
 *
 * The settings are those of `grader/sandbox/compile.ts`, by number, because Monaco's own names for them are out of date.
 */

/** Where Monaco keeps the declarations of a course module, so that the usual resolution finds them. */
export function moduleFile(module: string): string {
  return `file:///node_modules/${module}.d.ts`
}
