/** Whom a ReplicaSet deletes when it has too many: those that one would miss least. */
import type { Sayable } from 'clusterwright/kit'
import type { Pod } from 'clusterwright/api'
import { controllerOf, isActive, isReady, type Judge, seconds } from './judge.ts'
import { say } from './texts.ts'

/** The lower, the sooner it goes. */
function usefulness(pod: Pod): { rank: number; words: Sayable } {
  if (!pod.spec.nodeName) return { rank: 0, words: say('not-scheduled') }
  if (pod.status?.phase !== 'Running') return { rank: 1, words: `${pod.status?.phase}` }
  return isReady(pod) ? { rank: 3, words: say('ready') } : { rank: 2, words: say('not-ready') }
}

const createdAt = (pod: Pod): string => pod.metadata.creationTimestamp ?? ''

/** Whether a Pod is older than another by tens of seconds: then it is by magnitude, too, which is what upstream compares. */
function isMuchOlder(a: Pod, b: Pod): boolean {
  const second = (pod: Pod): number => {
    const [hours = 0, minutes = 0, seconds = 0] = createdAt(pod).slice(11, 19).split(':').map(Number)
    return hours * 3600 + minutes * 60 + seconds
  }
  return second(b) - second(a) >= 20
}

/** Of those that went and those that stayed, none may be in the wrong place. */
export function judgeVictims(judge: Judge): void {
  const survivors = [...judge.pods().values()].filter((pod) => controllerOf(pod)?.name === 'web' && isActive(pod))
  for (const { pod, at } of judge.victims) {
    const gone = usefulness(pod)
    for (const other of survivors) {
      const left = usefulness(other)
      const [name, otherName] = [pod.metadata.name, other.metadata.name]
      const expected = say('victims-expected')
      const actual = say('victims-actual', { gone: name, kept: otherName })
      if (left.rank < gone.rank) {
        const params = { time: seconds(at), gone: name, goneIs: gone.words, kept: otherName, keptIs: left.words }
        judge.fail(say('wrong-victim', params), expected, actual)
      }
      if (left.rank === gone.rank && isMuchOlder(pod, other)) {
        const params = {
          time: seconds(at),
          gone: name,
          goneAt: createdAt(pod),
          kept: otherName,
          keptAt: createdAt(other),
        }
        judge.fail(say('older-victim', { ...params, both: gone.words }), expected, actual)
      }
    }
  }
}
