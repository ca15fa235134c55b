// Imports a module of the user's. Inside the bundle `import()` has become `require()`, which cannot load every module.
'use strict'
module.exports = (url) => import(url)
