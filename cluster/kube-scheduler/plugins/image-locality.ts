/**
 * ImageLocality: prefers nodes that have the Pod's images already, the more so the larger they are. An image that few nodes
 * have counts for less, or all its Pods would gather on those few.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/imagelocality/image_locality.go`.
 */
import type { Pod } from '#cluster/api/types.ts'
import type { Plugin } from '../framework.ts'
import { MAX_NODE_SCORE, SKIP } from '../framework.ts'

const NAME = 'ImageLocality'
const MEBI = 1024 * 1024
/** Less than this is quickly pulled; per container, more than the other makes no difference. */
const SIZE_MIN = 23 * MEBI
const CONTAINER_SIZE_MAX = 1000 * MEBI

/** Bytes that count for one image, node by node. */
type Images = readonly ReadonlyMap<string, number>[]

export const imageLocality: Plugin = {
  name: NAME,
  preScore(state, pod, _feasible, { images, size }) {
    // Upstream gives every node the same 0 then.
    if (imagesOf(pod).every((name) => images.sizeOf(name) === 0)) return SKIP
    state[NAME] = imagesOf(pod).map((name) => {
      const share = images.sizeOf(name) / size
      const bytes = new Map<string, number>()
      for (const [node, whole] of images.entries(name)) bytes.set(node, Math.floor(whole * share))
      return bytes
    }) satisfies Images
    return undefined
  },
  score(state, _pod, { name }) {
    const images = state[NAME] as Images
    let sum = 0
    for (const bytes of images) sum += bytes.get(name) ?? 0
    const most = CONTAINER_SIZE_MAX * images.length
    const clamped = Math.min(Math.max(sum, SIZE_MIN), most)
    return Math.floor((MAX_NODE_SCORE * (clamped - SIZE_MIN)) / (most - SIZE_MIN))
  },
}

function imagesOf({ spec }: Pod): string[] {
  return [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => normalizedImageName(image))
}

/** With `:latest` where there is neither tag nor digest: node status lists images so. */
function normalizedImageName(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image
}
