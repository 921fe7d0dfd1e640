/** Plays a cluster story in a browser's worker. */
import { tellStory } from './told-story.ts'

self.onmessage = ({ data }: MessageEvent<{ script: string; seed?: number }>) => {
  self.postMessage(JSON.stringify(tellStory(data.script, data.seed)))
}
