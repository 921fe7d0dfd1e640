/** Starts the worker that grades. Alone in its file, because the bundler must see the address as it stands here. */
export function spawnGrader(): Worker {
  return new Worker(new URL('../../grader/worker.ts', import.meta.url), { type: 'module', name: 'grader' })
}
