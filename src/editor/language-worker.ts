/**
 * The language worker: TypeScript for the editor, and the course's compiler for what is graded.
 *
 * Spoken to in two ways, told apart by the first message: Monaco's own protocol, with one call more (`cwErase`), or plain
 * `CompileMessage`s where Monaco is not loaded. Either way it is `grader/sandbox/compile.ts` with TypeScript 5.9.3 that
 * answers, the same as in the terminal, so diagnostics and erased code are equal to the byte.
 */
import { initialize } from 'monaco-editor/internal/common/initialize.js'
import { libFileMap } from 'monaco-editor/languages/features/typescript/lib/lib.js'
import { typescript } from 'monaco-editor/languages/features/typescript/lib/typescriptServices.js'
import { TypeScriptWorker } from 'monaco-editor/languages/features/typescript/tsWorker.js'
import { compile } from '#grader/sandbox/compile.ts'
import type { Compiled } from '#grader/verdict/verdict.ts'
import { type CompileRequest, isCompileMessage } from './compile-request.ts'
import type { CompileAnswer } from './language-client.ts'

function compileRequest({ source, fileName, types }: CompileRequest): Compiled {
  return compile(source, { fileName, types, libs: libFileMap }, typescript)
}

class CourseLanguageService extends TypeScriptWorker {
  /** Compiles a learner's file as the grader does. Called from the page through Monaco's proxy. */
  async cwErase(request: CompileRequest): Promise<Compiled> {
    return compileRequest(request)
  }
}

function answer(event: MessageEvent): void {
  if (!isCompileMessage(event.data)) return
  const { id, compile: request } = event.data
  let reply: CompileAnswer
  try {
    reply = { id, compiled: compileRequest(request) }
  } catch (error) {
    reply = {
      id,
      failure: `The TypeScript compiler broke down: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
  self.postMessage(reply)
}

self.onmessage = (event) => {
  if (!isCompileMessage(event.data)) {
    return initialize((context, createData) => new CourseLanguageService(context, createData))
  }
  self.onmessage = answer
  return answer(event)
}
