/** What is said about a learner's own examples for `reflector`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-heard': 'write LISTED 20 a@12, ADDED a@21, MODIFIED a@22, DELETED a@23, BOOKMARK 30 or ENDED 410',
    'want-delta': 'write added a@21, updated a@22 or deleted a',
    'want-ask': 'write list or watch 23',
    'want-object': 'write a name and a version: a@12',
    'want-step': 'a step has on, next or cache',
    'want-something': 'at least one step says what must come: deltas, next or cache',
    'other-deltas': 'After {what} the deltas are others.',
    'other-ask': 'It asks otherwise.',
    'other-cache': 'The copy is another.',
  },
  es: {
    'want-heard': 'escribe LISTED 20 a@12, ADDED a@21, MODIFIED a@22, DELETED a@23, BOOKMARK 30 o ENDED 410',
    'want-delta': 'escribe added a@21, updated a@22 o deleted a',
    'want-ask': 'escribe list o watch 23',
    'want-object': 'escribe un nombre y una versión: a@12',
    'want-step': 'un paso tiene on, next o cache',
    'want-something': 'al menos un paso dice qué debe salir: deltas, next o cache',
    'other-deltas': 'Tras {what} los deltas son otros.',
    'other-ask': 'Pregunta otra cosa.',
    'other-cache': 'La copia es otra.',
  },
})
