/** The page's side of a simulation in a worker: a question is a call, an answer a promise. */
import type { Answered, Requests } from './protocol.ts'

/** Questions by name: what is asked, and what is answered. */
type Questions<R> = { readonly [N in keyof R]: readonly [body: unknown, answer: unknown] }

export interface WorkerClient<R extends Questions<R>> {
  ask<N extends keyof R & string>(name: N, body: R[N][0]): Promise<R[N][1]>
  dispose(): void
}

export type SimulationClient = WorkerClient<Requests>

/** What this needs of a Worker, so that tests can hand in their own. */
export interface WorkerLike {
  postMessage(message: unknown): void
  terminate(): void
  onmessage: ((event: MessageEvent) => void) | null
  onerror: ((event: ErrorEvent) => void) | null
}

interface Waiting {
  resolve(value: any): void
  reject(error: Error): void
}

/** @param worker a worker that answers each question (`id`, `name`, `body`) with one `Answered`, in order */
export function createWorkerClient<R extends Questions<R>>(worker: WorkerLike): WorkerClient<R> {
  const waiting = new Map<number, Waiting>()
  let next = 0
  let broken: Error | undefined
  worker.onmessage = ({ data }: MessageEvent<Answered>) => {
    const { resolve, reject } = waiting.get(data.id) ?? {}
    waiting.delete(data.id)
    if ('error' in data) reject?.(new Error(data.error))
    else resolve?.(data.value)
  }
  worker.onerror = (event) => {
    broken = new Error(`The simulation broke down${event.message ? ` (${event.message})` : ''}. Reload the page.`)
    for (const { reject } of waiting.values()) reject(broken)
    waiting.clear()
  }
  return {
    ask(name, body) {
      if (broken) return Promise.reject(broken)
      const id = ++next
      worker.postMessage({ id, name, body })
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
    },
    dispose: () => worker.terminate(),
  }
}

/** A worker of its own for one figure: what one does shows in no other. */
export function startSimulation(): SimulationClient {
  const worker = new Worker(new URL('./simulation-worker.ts', import.meta.url), { type: 'module', name: 'simulation' })
  return createWorkerClient(worker)
}

/** The same for a failing run of an exercise's check; its worker brings the grader along. */
export function startReplay(): SimulationClient {
  const worker = new Worker(new URL('./replay-worker.ts', import.meta.url), { type: 'module', name: 'replay' })
  return createWorkerClient(worker)
}
