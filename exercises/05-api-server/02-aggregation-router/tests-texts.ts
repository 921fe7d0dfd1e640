/** What is said about a learner's own examples for `aggregation-router`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-path': 'a path begins with /',
    'want-name': 'the name of this APIService is {name}: its version, a dot and its group',
    'want-once': 'each group and version has one APIService',
    'want-route': 'say { to: "local" }, { to: "service", namespace, name, port } or { status: 404 }',
    'want-status': 'a status is 404 or 503',
    'answers-otherwise': '{name} answers otherwise.',
  },
  es: {
    'want-path': 'una ruta empieza con /',
    'want-name': 'el nombre de este APIService es {name}: su versión, un punto y su grupo',
    'want-once': 'cada grupo y versión tiene un solo APIService',
    'want-route': 'di { to: "local" }, { to: "service", namespace, name, port } o { status: 404 }',
    'want-status': 'un estado es 404 o 503',
    'answers-otherwise': '{name} responde otra cosa.',
  },
})
