/** The parts of Monaco that ship without types, as far as we use them. */
declare module 'monaco-editor/internal/common/initialize.js' {
  /** Waits for Monaco's first message, then answers its calls with what `create` returns. */
  export function initialize(create: (context: unknown, createData: unknown) => object): void
}

declare module 'monaco-editor/languages/features/typescript/tsWorker.js' {
  export class TypeScriptWorker {
    constructor(context: unknown, createData: unknown)
  }
}

declare module 'monaco-editor/languages/features/typescript/lib/typescriptServices.js' {
  import type ts from 'typescript'
  /** TypeScript 5.9.3, the very version that the terminal grader uses. */
  export const typescript: typeof ts
}

declare module 'monaco-editor/languages/features/typescript/lib/lib.js' {
  /** The standard library's declaration files by name, cut down to ES2023 when the editor is built. */
  export const libFileMap: Record<string, string>
}
