/** The script of the worker that does deeds in Firefox: the grader, and the checks of all exercises. */
import { join } from 'node:path'
import { build } from 'esbuild'
import { findExercises } from '#grader/cli/exercises-node.ts'
import { buildMeteredEngine } from '#grader/sandbox/build-engine.ts'

const here = import.meta.dirname

export async function workerScript(): Promise<string> {
  const exercises = findExercises()
  const engine = Buffer.from(buildMeteredEngine()).toString('base64')
  const contents = `
    ${exercises.map(({ path }, index) => `import checks${index} from ${JSON.stringify(join(path, 'checks.ts'))}`).join('\n')}
    import { loadEngine } from '#grader/sandbox/engine.ts'
    import { doDeed } from './deeds.ts'
    const checks = { ${exercises.map(({ id }, index) => `${JSON.stringify(id)}: checks${index}`).join(', ')} }
    const engine = loadEngine(Uint8Array.from(atob('${engine}'), (character) => character.charCodeAt(0)))
    self.onmessage = async ({ data }) => self.postMessage(doDeed(JSON.parse(data), await engine, (id) => checks[id]))`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here, sourcefile: 'firefox-worker.ts', loader: 'ts' },
    ...{ bundle: true, write: false, format: 'iife', logLevel: 'error' },
    banner: { js: "self.addEventListener('unhandledrejection', (event) => { throw event.reason });" },
  })
  return outputFiles[0]!.text
}
