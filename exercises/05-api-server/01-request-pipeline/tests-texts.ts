/** What is said about a learner's own examples for `request-pipeline`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-expectation': 'say at least one thing that must come of it',
    code: 'The answer has another code.',
    calls: 'Other parts are asked, or in another order.',
    written: 'Something else is written.',
  },
  es: {
    'want-expectation': 'di al menos una cosa que deba salir de ello',
    code: 'La respuesta tiene otro código.',
    calls: 'Se pregunta a otras partes, o en otro orden.',
    written: 'Se escribe otra cosa.',
  },
})
