/** What the language worker is asked to compile. */
export interface CompileRequest {
  source: string
  /** The learner's file as messages name it: `plugin.ts`. */
  fileName: string
  /** Declaration text by import path: `clusterwright/scheduler`. */
  types: Readonly<Record<string, string>>
}

/** Sent straight to a language worker of one's own, without Monaco; answered with a `CompileAnswer`. */
export interface CompileMessage {
  compile: CompileRequest
  id: number
}

export function isCompileMessage(data: unknown): data is CompileMessage {
  return typeof data === 'object' && data !== null && 'compile' in data
}

/** TypeScript's own codes are far below; the course's compiler numbers what it refuses from here. */
const FIRST_REFUSAL = 90_000

/** Whether it is our compiler that refuses this, in words with `code` in them, and not TypeScript. */
export function isRefusal(problem: { code: number }): boolean {
  return problem.code >= FIRST_REFUSAL
}
