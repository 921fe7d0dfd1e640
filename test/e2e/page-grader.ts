/**
 * Grading by the built site's own workers, without its workbench: the compiler that comes with the editor and the grader
 * that the page starts, spoken to as the page speaks to them. For what is too much to do by hand.
 */
import type { Page } from 'playwright-core'
import type { Compiled, Verdict } from '#grader/verdict/verdict.ts'
import type { Submission } from './submissions.ts'

export interface Graded {
  readonly compiled: Compiled
  readonly verdict: Verdict
}

export interface Grading {
  readonly mode: 'run' | 'submit'
  /** The grader's own number without it. */
  readonly seeds?: number
}

/** The address of the worker that this page grades with. The page must show an exercise. */
export async function graderAddress(page: Page): Promise<string> {
  const find = () => page.workers().find((worker) => /\/_astro\/worker[-.][^/]*\.js$/.test(worker.url()))
  while (!find()) await page.waitForEvent('worker')
  return find()!.url()
}

/**
 * Grades one submission after the other in one pair of workers, which stay for the next call.
 * @param page one that shows an exercise, of the site that is tested
 */
export async function gradeInPage(page: Page, submissions: readonly Submission[], grading: Grading): Promise<Graded[]> {
  const grader = await graderAddress(page)
  const editor = new URL('../ed/', grader).href
  return page.evaluate(
    async ({ addresses, submissions: all, mode, seeds }) => {
      interface Workers {
        compiler: Worker
        grader: Worker
        types: Record<string, string>
        calls: number
      }
      const kept = window as unknown as { gradingWorkers?: Workers }
      const start = async (): Promise<Workers> => {
        const manifest = await (await fetch(`${addresses.editor}manifest.json`)).json()
        const compiler = new Worker(`${addresses.editor}language.js?v=${manifest.version}`, { type: 'module' })
        const worker = new Worker(addresses.grader, { type: 'module' })
        return { compiler, grader: worker, types: manifest.types, calls: 0 }
      }
      kept.gradingWorkers ??= await start()
      const workers = kept.gradingWorkers
      /** Sends a message and waits for the one answer that settles it. */
      const ask = (worker: Worker, message: object, settles: (data: any) => boolean): Promise<any> =>
        new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => settles(data) && resolve(data)
          worker.onerror = (event) => reject(new Error(event.message))
          worker.postMessage(message)
        })
      const graded: Graded[] = []
      for (const { exercise, source } of all) {
        const id = ++workers.calls
        const request = { source, fileName: 'main.ts', types: workers.types }
        const answer = await ask(workers.compiler, { compile: request, id }, (data) => data.id === id)
        const { compiled } = answer
        const message = { type: 'grade', id, exercise, source, compiled, mode, ...(seeds && { seeds }) }
        const done = await ask(workers.grader, message, (data) => data.type === 'verdict' && data.id === id)
        graded.push({ compiled, verdict: done.verdict })
      }
      return graded
    },
    { addresses: { grader, editor }, submissions, ...grading },
  )
}
