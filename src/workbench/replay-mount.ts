/** Shows a failing run again with `<cw-replay>`, which is fetched only now. */
import type { Replay } from '#grader/verdict/verdict.ts'

/** What the replay element is given, as properties, before it is put into the page. */
export interface ReplayRequest {
  exercise: string
  replay: Replay
  /** The learner's file as it was graded. */
  source: string
}

const modules = import.meta.glob('../figures/replay-element.ts')

/** Puts the replay into `host`, or says there why it cannot. */
export async function mountReplay(host: HTMLElement, request: ReplayRequest): Promise<void> {
  try {
    for (const load of Object.values(modules)) await load()
    if (!customElements.get('cw-replay')) throw new Error('The replay is not part of this build.')
    const element = Object.assign(document.createElement('cw-replay'), request)
    host.replaceChildren(element)
  } catch (error) {
    const message = document.createElement('p')
    message.className = 'cw-empty'
    message.textContent = `The replay could not be opened: ${error instanceof Error ? error.message : String(error)}`
    host.replaceChildren(message)
  }
}
