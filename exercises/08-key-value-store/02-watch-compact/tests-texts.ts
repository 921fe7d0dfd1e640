/** What is said about a learner's own examples for `watch-compact`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-told': 'say what at least one watch is told',
    'want-watch': 'name a watch that a step begins, once',
    'want-event': 'write an event as "PUT a=1 @2" or "DELETE a @3"',
    'want-response': 'write a list of events, a bookmark "@3", or "compacted @4"',
    'want-snapshot': 'take a Snapshot before a Restore',
    'told-otherwise': 'Watch {watch} is told otherwise.',
  },
  es: {
    'want-told': 'di qué se le cuenta al menos a una observación',
    'want-watch': 'nombra una observación que empiece en un paso, una vez',
    'want-event': 'escribe un evento como "PUT a=1 @2" o "DELETE a @3"',
    'want-response': 'escribe una lista de eventos, una marca "@3" o "compacted @4"',
    'want-snapshot': 'toma una Snapshot antes de un Restore',
    'told-otherwise': 'A la observación {watch} se le cuenta otra cosa.',
  },
})
