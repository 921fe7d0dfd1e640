/** What is said about a learner's own examples for `cas-update`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-change': 'say add, label or both',
    'want-update': 'at least one update',
    'want-answers': 'one answer for each update',
    'want-expectation': 'say at least one thing that must come of it',
    answers: 'The updates are answered otherwise.',
    count: 'The object counts otherwise in the end.',
    revisions: 'There are more revisions, or fewer.',
  },
  es: {
    'want-change': 'di add, label o ambos',
    'want-update': 'al menos un cambio',
    'want-answers': 'una respuesta por cada cambio',
    'want-expectation': 'di al menos una cosa que deba salir de ello',
    answers: 'A los cambios se les responde otra cosa.',
    count: 'Al final el objeto cuenta otra cosa.',
    revisions: 'Hay más revisiones, o menos.',
  },
})
