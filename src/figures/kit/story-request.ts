/** Several things that a reader changes in a story, as one request. */
import type { StoryRequest } from '../../simulation/protocol.ts'

/** Edits, plugins and weights add up; the rest is replaced. */
export function joined(request: StoryRequest, more: Partial<StoryRequest>): StoryRequest {
  return {
    ...request,
    ...more,
    edits: [...(request.edits ?? []), ...(more.edits ?? [])],
    disabledPlugins: [...(request.disabledPlugins ?? []), ...(more.disabledPlugins ?? [])],
    weights: { ...request.weights, ...more.weights },
  }
}
