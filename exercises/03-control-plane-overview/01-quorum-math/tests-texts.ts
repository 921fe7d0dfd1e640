/** What is said about a learner's own examples for `quorum-math`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-voter': 'at least one member must be a voter',
    'want-expectation': 'say at least one thing that the answer must hold',
    'answers-otherwise': '{name} answers otherwise.',
  },
  es: {
    'want-voter': 'al menos un miembro debe ser votante',
    'want-expectation': 'di al menos una cosa que la respuesta deba contener',
    'answers-otherwise': '{name} responde otra cosa.',
  },
})
